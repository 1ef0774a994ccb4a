"""The platform owner's pages: which tenants there are, a new one, one of them."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kernel.errors import DomainError
from tenants.directory.models import Tenant
from tenants.directory.operations import resume_tenant, suspend_tenant
from tenants.provisioning.access import get_tenant_for, require_platform_owner
from tenants.provisioning.requests import request_tenant, resume_preparation
from tenants.provisioning.web.forms import AdministratorForm, TenantForm
from tenants.provisioning.web.words import STATES

PAGE_SIZE = 50


@login_required
@require_safe
def tenant_list(request: HttpRequest) -> HttpResponse:
    """All tenants by name, searched by name or address."""
    require_platform_owner(request.user)
    query = request.GET.get("q", "").strip()
    tenants = Tenant.objects.prefetch_related("domains").order_by("name", "pk")
    if query:
        tenants = tenants.filter(
            Q(name__icontains=query) | Q(slug__icontains=query) | Q(domains__domain__icontains=query)
        ).distinct()
    page = Paginator(tenants, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [
        {"tenant": tenant, "state": STATES[Tenant.State(tenant.state)], "host": _host(tenant)}
        for tenant in page
    ]
    return render(request, "provisioning/platform/list.html", {"page": page, "rows": rows, "query": query})


@login_required
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Ask for a tenant; a worker prepares it meanwhile."""
    require_platform_owner(request.user)
    form = TenantForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            tenant = request_tenant(**form.values())
        except ValidationError as error:
            form.add_error(None, error.messages)  # type: ignore[arg-type]
        else:
            return redirect("provisioning:tenant", slug=tenant.slug)
    return render(
        request, "provisioning/platform/create.html", {"form": form}, status=422 if form.errors else 200
    )


@login_required
@require_safe
def tenant_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One tenant: state, address, what can be done."""
    tenant = get_tenant_for(request.user, slug)
    host = _host(tenant)
    context = {
        "tenant": tenant,
        "state": STATES[Tenant.State(tenant.state)],
        "host": host,
        "origin": settings.ENVIRONMENT.origin(host) if host else "",
        "preparing": tenant.state == Tenant.State.PROVISIONING,
        "form": AdministratorForm() if tenant.state == Tenant.State.FAILED else None,
    }
    return render(request, "provisioning/platform/tenant.html", context)


@login_required
@require_http_methods(["POST"])
def resume(request: HttpRequest, slug: str) -> HttpResponse:
    """Try an interrupted preparation again."""
    tenant = get_tenant_for(request.user, slug)
    form = AdministratorForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Indiquez le nom et l’adresse e-mail de l’administrateur."))
        return redirect("provisioning:tenant", slug=slug)
    try:
        resume_preparation(tenant_id=tenant.pk, **form.cleaned_data)
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("provisioning:tenant", slug=slug)


@login_required
@require_http_methods(["GET", "POST"])
def change_state(request: HttpRequest, slug: str, act: str) -> HttpResponse:
    """Ask, then close a tenant's pages or open them again."""
    tenant = get_tenant_for(request.user, slug)
    suspend = act == "suspendre"
    if request.method == "POST":
        try:
            (suspend_tenant if suspend else resume_tenant)(tenant_id=tenant.pk)
        except DomainError as error:
            messages.error(request, str(error))
        else:
            done = (
                _("L’espace « %(name)s » est suspendu.")
                if suspend
                else _("L’espace « %(name)s » est rouvert.")
            )
            messages.success(request, done % {"name": tenant.name})
        return redirect("provisioning:tenant", slug=slug)
    context = {
        "tenant": tenant,
        "suspend": suspend,
        "cancel_url": reverse("provisioning:tenant", args=[slug]),
    }
    return render(request, "provisioning/platform/change_state.html", context)


def _host(tenant: Tenant) -> str:
    domains = sorted(tenant.domains.all(), key=lambda domain: not domain.is_primary)
    return domains[0].domain if domains else ""

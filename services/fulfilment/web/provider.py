"""The provider's pages: the next hour, all lines, one line with its acts."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.errors import DomainError
from services.fulfilment.operations.answer import accept_line, decline_line, start_line
from services.fulfilment.operations.deliver import (
    attach_deliverable,
    deliver_milestone,
    detach_deliverable,
)
from services.fulfilment.operations.write import write_message
from services.fulfilment.queries import FILTERS, counts_by_filter, line_work, lines_of, provider_inbox
from services.fulfilment.web.forms import DeclineForm, DeliveryForm, MessageForm
from services.orders.access import get_line_for
from services.orders.lifecycle import PROVIDER
from services.orders.models import OrderLine
from tenants.parties.acting import acting_party
from tenants.parties.models import Party


def seller_of(request: HttpRequest) -> Party:
    """The provider that the person acts for. 404 for everybody else."""
    party = acting_party(request, "provider")
    if party is None:
        raise Http404
    return party


@login_required
@require_safe
def next_hour(request: HttpRequest) -> HttpResponse:
    """Par quoi commencer ?"""
    party = seller_of(request)
    inbox = provider_inbox(party, page=request.GET.get("page"))
    return render(request, "fulfilment/provider/next_hour.html", {"inbox": inbox, "party": party})


@login_required
@require_safe
def lines(request: HttpRequest) -> HttpResponse:
    """All lines of the provider, narrowed and searched."""
    party = seller_of(request)
    narrowed = request.GET.get("filtre", "")
    narrowed = narrowed if narrowed in FILTERS else ""
    query = request.GET.get("q", "").strip()[:80]
    page, rows = lines_of(party, narrowed=narrowed, query=query, page=request.GET.get("page"))
    counts = counts_by_filter(party)
    labels = {
        "": _("Toutes"),
        "a-faire": _("À faire"),
        "attend-le-client": _("Attend le client"),
        "terminees": _("Terminées"),
    }
    tabs = [
        {
            "url": f"?filtre={name}" if name else "?",
            "label": label,
            "count": counts[name],
            "current": name == narrowed,
        }
        for name, label in labels.items()
    ]
    context = {"page": page, "rows": rows, "tabs": tabs, "query": query, "narrowed": narrowed}
    return render(request, "fulfilment/provider/lines.html", context)


@never_cache
@login_required
@require_safe
def line(request: HttpRequest, key: str) -> HttpResponse:
    """Que faire, pour combien ?"""
    return _page(request, get_line_for(request.user, key), DeliveryForm(), MessageForm())


@login_required
@require_POST
def accept(request: HttpRequest, key: str) -> HttpResponse:
    """Take the line."""
    found = get_line_for(request.user, key)
    try:
        accept_line(key=found.key, actor=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Prestation acceptée. Le client est prévenu."))
    return redirect("fulfilment:line", key)


@login_required
@require_POST
def start(request: HttpRequest, key: str) -> HttpResponse:
    """Begin the work."""
    found = get_line_for(request.user, key)
    try:
        start_line(key=found.key, actor=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Prestation démarrée."))
    return redirect("fulfilment:line", key)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def decline(request: HttpRequest, key: str) -> HttpResponse:
    """Say why, then decline."""
    found = get_line_for(request.user, key)
    form = DeclineForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decline_line(key=found.key, actor=request.user, reason=form.cleaned_data["reason"])
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Prestation déclinée. Le client est prévenu."))
        return redirect("fulfilment:line", key)
    status = 422 if form.errors else 200
    return render(request, "fulfilment/provider/decline.html", {"line": found, "form": form}, status=status)


@login_required
@require_POST
def deliver(request: HttpRequest, key: str) -> HttpResponse:
    """Attach what was given; with `act=deliver` hand everything over."""
    found = get_line_for(request.user, key)
    form = DeliveryForm(request.POST, request.FILES)
    if form.is_valid():
        _attach(request, form, found)
        if not form.errors and request.POST.get("act") == "deliver":
            try:
                deliver_milestone(key=found.key, actor=request.user, note=form.cleaned_data["note"])
            except DomainError as error:
                form.add_error(None, str(error))
            else:
                messages.success(
                    request, _("Livraison envoyée. Le client la valide ou demande des corrections.")
                )
        if not form.errors:
            return redirect("fulfilment:line", key)
    return _page(request, get_line_for(request.user, key), form, MessageForm(), status=422)


@login_required
@require_POST
def detach(request: HttpRequest, key: str, public_id: UUID) -> HttpResponse:
    """Take a prepared deliverable off."""
    found = get_line_for(request.user, key)
    try:
        detach_deliverable(key=found.key, public_id=public_id, actor=request.user)
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Livrable retiré."))
    return redirect("fulfilment:line", key)


@login_required
@require_POST
def write(request: HttpRequest, key: str) -> HttpResponse:
    """A message to the client."""
    found = get_line_for(request.user, key)
    form = MessageForm(request.POST)
    if form.is_valid():
        try:
            write_message(key=found.key, actor=request.user, role=PROVIDER, **form.cleaned_data)
        except DomainError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Message envoyé."))
            return redirect(f"{reverse('fulfilment:line', args=[key])}#messages")
    return _page(request, found, DeliveryForm(), form, status=422)


def _attach(request: HttpRequest, form: DeliveryForm, line: OrderLine) -> None:
    """Attach each file and the link; what is refused is said, what was good stays attached."""
    for file in form.cleaned_data["files"]:
        try:
            attach_deliverable(key=line.key, actor=request.user, file=file)
        except DomainError as error:
            form.add_error("files", str(error))
    if form.cleaned_data["link"]:
        try:
            attach_deliverable(key=line.key, actor=request.user, link=form.cleaned_data["link"])
        except DomainError as error:
            form.add_error("link", str(error))


def _page(
    request: HttpRequest,
    found: OrderLine,
    form: DeliveryForm,
    message_form: MessageForm,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "work": line_work(found),
        "line": found,
        "form": form,
        "message_form": message_form,
        "write_url": reverse("fulfilment:write", args=[found.key]),
    }
    return render(request, "fulfilment/provider/line.html", context, status=status)

"""My structures: the list, a new business, one of them, and for which I act."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kernel.errors import DomainError
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date
from tenants.parties.access import get_party_for, is_owner
from tenants.parties.acting import acting_party, my_parties, set_acting_party
from tenants.parties.errors import NotAMember
from tenants.parties.operations import create_business, update_party
from tenants.parties.snapshots import party_snapshot
from tenants.parties.web.forms import BusinessForm, DetailsForm
from tenants.reference.activities import activity_words


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """For whom can I act?"""
    current = acting_party(request)
    rows = [
        {
            "party": party,
            "current": current is not None and party.pk == current.pk,
            "roles": list(party.roles.all()),
        }
        for party in my_parties(request)
    ]
    return render(request, "parties/mine.html", {"rows": rows})


@login_required
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    """Register a business and act for it at once; `next` leads back to where it was needed."""
    form = BusinessForm(request.POST or None)
    target = request.POST.get("next") or request.GET.get("next", "")
    if request.method == "POST" and form.is_valid():
        try:
            party = create_business(user=request.user, **form.values())  # type: ignore[arg-type]
        except DomainError as error:
            form.add_error("siret", str(error))
        else:
            request.session["acting_party"] = str(party.public_id)
            messages.success(
                request, _("Vous agissez maintenant pour %(name)s.") % {"name": party.display_name}
            )
            return redirect(target if _is_ours(request, target) else "parties:mine")
    return render(
        request, "parties/create.html", {"form": form, "next": target}, status=422 if form.errors else 200
    )


@login_required
@require_http_methods(["GET", "POST"])
def details(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One of my structures: identifiers to read, the rest to change."""
    party = get_party_for(request.user, public_id)
    form = DetailsForm.of(party, request.POST or None)
    if request.method == "POST" and form.is_valid():
        update_party(party=party, **form.values())
        messages.success(
            request, _("Les coordonnées sont enregistrées. Les documents déjà émis ne changent pas.")
        )
        return redirect("parties:mine")
    today = legal_date(current_tenant(), timezone.now())
    context = {
        "party": party,
        "form": form,
        "regime": party_snapshot(party, today)["vat_regime"],
        "members": party.memberships.select_related("user"),
        "is_owner": is_owner(request.user, party.pk),
        "activity": activity_words(party.naf_code),
    }
    return render(request, "parties/details.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def switch(request: HttpRequest) -> HttpResponse:
    """Act for another of my structures."""
    try:
        party = set_acting_party(request, request.POST.get("party", ""))
    except NotAMember:
        raise Http404 from None
    messages.success(request, _("Vous agissez maintenant pour %(name)s.") % {"name": party.display_name})
    target = request.POST.get("next", "")
    return redirect(target if _is_ours(request, target) else "/")


def _is_ours(request: HttpRequest, target: str) -> bool:
    return bool(target) and url_has_allowed_host_and_scheme(
        target, {request.get_host()}, require_https=request.is_secure()
    )

"""A provider's invoices, and the mandate under which the tenant issues them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from billing.invoicing.operations import accept_mandate
from billing.invoicing.queries import current_mandate, invoices_for
from billing.invoicing.wordings import mandate_wording
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date
from tenants.parties.acting import acting_party
from tenants.parties.models import Membership, Party, PartyRole

PAGE_SIZE = 25


@require_safe
@login_required
def invoice_list(request: HttpRequest) -> HttpResponse:
    """What was issued in this provider's name, and the commissions invoiced to it."""
    party = _provider(request)
    page = Paginator(invoices_for(party), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "party": party, "mandate": current_mandate(party)}
    return render(request, "invoicing/provider/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def mandate(request: HttpRequest) -> HttpResponse:
    """Show the mandate; an owner accepts it. Accepting twice changes nothing."""
    party = _provider(request)
    owner = Membership.objects.filter(party=party, user=request.user.pk, role=Membership.Role.OWNER).exists()
    if request.method == "POST":
        if not owner:
            raise Http404
        accept_mandate(party=party, user=request.user)  # type: ignore[arg-type]
        messages.success(request, _("Le mandat de facturation est accepté."))
        return redirect("invoicing:provider_invoices")
    accepted = current_mandate(party)
    wording = mandate_wording(legal_date(current_tenant(), timezone.now()))
    context = {
        "party": party,
        "accepted": accepted,
        "is_latest": accepted is not None and accepted.wording_id == wording.pk,
        "is_owner": owner,
        "paragraphs": wording.text.split("\n"),
        "version_on": wording.valid_from,
    }
    return render(request, "invoicing/provider/mandate.html", context)


def _provider(request: HttpRequest) -> Party:
    party = acting_party(request, PartyRole.Role.PROVIDER)
    if party is None:
        raise Http404
    return party

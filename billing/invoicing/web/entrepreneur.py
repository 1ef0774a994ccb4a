"""The invoices a business has received."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from billing.invoicing.models import Invoice
from billing.invoicing.queries import invoices_received
from tenants.parties.acting import acting_party

PAGE_SIZE = 25


@require_safe
@login_required
def invoice_list(request: HttpRequest) -> HttpResponse:
    """What the party one acts for has bought; nothing for a person without a party."""
    party = acting_party(request)
    found = invoices_received(party) if party is not None else Invoice.objects.none()
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "invoicing/entrepreneur/list.html", {"page": page, "party": party})

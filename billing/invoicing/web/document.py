"""The PDF of an invoice, for those who may see it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from billing.invoicing.access import get_invoice_for
from billing.invoicing.models import InvoiceDocument


@require_safe
@login_required
def show(request: HttpRequest, number: str) -> HttpResponse:
    """The stored bytes; a page that says so while the worker still renders them."""
    invoice = get_invoice_for(request.user, number)
    document = InvoiceDocument.objects.filter(invoice=invoice).first()
    if document is None:
        return render(request, "invoicing/preparing.html", {"invoice": invoice}, status=202)
    response = HttpResponse(bytes(document.pdf), content_type="application/pdf")
    # Numbers hold letters, digits and hyphens only.
    response["Content-Disposition"] = f'inline; filename="{invoice.number}.pdf"'
    response["Cache-Control"] = "private, no-cache"
    response["ETag"] = f'"{document.sha256}"'
    return response

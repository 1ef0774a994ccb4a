"""The PDF of an invoice, for those who may see it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from billing.invoicing.access import get_invoice_for
from billing.invoicing.models import Invoice, InvoiceDocument


@require_safe
@login_required
def show(request: HttpRequest, number: str) -> HttpResponse:
    """The stored bytes; a page that says so while the worker still renders them."""
    invoice = get_invoice_for(request.user, number)
    response = as_response(invoice)
    if response is None:
        return render(request, "invoicing/preparing.html", {"invoice": invoice}, status=202)
    return response


def as_response(invoice: Invoice) -> HttpResponse | None:
    """The stored document as an answer, None while there is none yet."""
    document = InvoiceDocument.objects.filter(invoice=invoice).first()
    if document is None:
        return None
    response = HttpResponse(bytes(document.pdf), content_type="application/pdf")
    # A number is letters, digits, hyphens, plus, underscores and slashes: safe in a quoted name.
    response["Content-Disposition"] = f'inline; filename="{invoice.number}.pdf"'
    response["Cache-Control"] = "private, no-cache"
    response["ETag"] = f'"{document.sha256}"'
    return response

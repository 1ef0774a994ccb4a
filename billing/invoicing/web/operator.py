"""The operator's view of all invoices, and what could not be issued."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing.invoicing.access import DESK, get_refusal_for
from billing.invoicing.models import InvoiceKind
from billing.invoicing.operations import request_again
from billing.invoicing.queries import all_invoices, open_refusals
from tenants.accounts.access import require_operator

PAGE_SIZE = 50


@require_safe
@login_required
def invoice_list(request: HttpRequest) -> HttpResponse:
    """All invoices, by kind when asked; refusals first."""
    require_operator(request.user, DESK, "support")
    kind = request.GET.get("type", "")
    kind = kind if kind in InvoiceKind.values else ""
    page = Paginator(all_invoices(kind), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "refusals": open_refusals(),
        "tabs": [
            {"url": "?", "label": _("Toutes"), "current": not kind},
            *(
                {"url": f"?type={value}", "label": label, "current": kind == value}
                for value, label in (
                    (InvoiceKind.SALE, _("Ventes")),
                    (InvoiceKind.COMMISSION, _("Commissions")),
                )
            ),
        ],
    }
    return render(request, "invoicing/operator/list.html", context)


@require_POST
@login_required
def ask_again(request: HttpRequest, refusal_id: int) -> HttpResponse:
    """Ask for a refused invoice once more."""
    request_again(refusal=get_refusal_for(request.user, refusal_id))
    messages.success(request, _("La facture est demandée à nouveau. Elle paraît ici dans la minute."))
    return redirect("invoicing:console_invoices")

"""Console pages of what providers owe."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from billing.payouts.access import get_debt_to_handle, require_finance
from billing.payouts.debts import give_up_debt, record_repayment
from billing.payouts.queries import debts_to_look_at
from billing.payouts.web.forms import DebtForm
from kernel.errors import DomainError
from tenants.accounts.models import User

PAGE_SIZE = 50


@login_required
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Debts that are not recovered, oldest first."""
    require_finance(request.user)
    page = Paginator(debts_to_look_at(), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "payouts/operator/debts.html", {"page": page})


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settle(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write down that a debt was paid back by bank transfer, or give it up."""
    debt = get_debt_to_handle(request.user, public_id)
    form = DebtForm(request.POST or None, initial={"amount": debt.open_cents, "way": "bank"})
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        act = record_repayment if values["way"] == "bank" else give_up_debt
        try:
            act(
                debt_id=debt.pk,
                amount_cents=values["amount"],
                note=values["note"],
                user=cast(User, request.user),
            )
        except DomainError as error:
            form.add_error("amount", str(error))
        else:
            messages.success(
                request, _("La dette de %(name)s est à jour.") % {"name": debt.party.display_name}
            )
            return redirect("payouts:debts")
    context = {
        "debt": debt,
        "form": form,
        "recoveries": debt.recoveries.select_related("recorded_by"),
        "reversals": debt.reversals.all(),
    }
    return render(request, "payouts/operator/debt.html", context, status=422 if form.errors else 200)

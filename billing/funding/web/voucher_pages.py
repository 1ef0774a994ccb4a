"""The console shows vouchers, grants one to a business, takes an unused one back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from billing.funding.access import get_voucher_to_handle, require_finance
from billing.funding.grants import grant_voucher, revoke_voucher, shown_code
from billing.funding.lifecycle import VOUCHER, VoucherState
from billing.funding.models import Voucher
from billing.funding.queries import open_programmes, vouchers
from billing.funding.web.operator import today
from billing.funding.web.voucher_forms import GrantForm, RevocationForm
from kernel.errors import DomainError
from kernel.web.states import StateWord

PAGE_SIZE = 50
TONES = {
    VoucherState.GRANTED: "wait",
    VoucherState.RESERVED: "run",
    VoucherState.CONSUMED: "done",
    VoucherState.RELEASED: "wait",
    VoucherState.EXPIRED: "wait",
    VoucherState.REVOKED: "wait",
}
ICONS = {VoucherState.RELEASED: "arrow-back-up", VoucherState.EXPIRED: "x", VoucherState.REVOKED: "x"}


@login_required
@require_safe
def voucher_list(request: HttpRequest) -> HttpResponse:
    """Every voucher, newest first, searched and narrowed to a state."""
    require_finance(request.user)
    query = request.GET.get("q", "").strip()
    narrowed = request.GET.get("etat", "")
    narrowed = narrowed if narrowed in VoucherState.values else ""
    page = Paginator(vouchers(query=query, state=narrowed), PAGE_SIZE).get_page(request.GET.get("page"))
    tabs = [
        {"url": f"?etat={key}" if key else "?", "label": label, "count": None, "current": key == narrowed}
        for key, label in (("", _("Tous")), *VoucherState.choices)
    ]
    context = {
        "page": page,
        "rows": [_row(voucher) for voucher in page],
        "tabs": tabs,
        "query": query,
        "narrowed": narrowed,
    }
    return render(request, "funding/operator/vouchers.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def grant(request: HttpRequest) -> HttpResponse:
    """Grant a voucher to one business; its money is reserved at once."""
    user = require_finance(request.user)
    form = GrantForm(request.POST or None, programmes=open_programmes(today()))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            grant_voucher(
                programme=form.chosen,
                party=values["business"],
                amount_cents=values["amount"],
                expires_on=values["expires_on"],
                note=values["note"],
                user=user,
            )
        except DomainError as error:
            form.add_error(PLACES.get(error.code), str(error))
        else:
            told = {"name": values["business"].display_name}
            messages.success(request, _("Le chèque est accordé à %(name)s.") % told)
            return redirect("funding:console_vouchers")
    return render(request, "funding/operator/grant.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask why, then take back a voucher that no order uses."""
    voucher = get_voucher_to_handle(request.user, public_id)
    form = RevocationForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            revoke_voucher(voucher_id=voucher.pk, reason=form.cleaned_data["reason"])
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Le chèque est retiré ; son argent est de nouveau libre."))
        return redirect("funding:console_vouchers")
    if voucher.state != VoucherState.GRANTED:
        return redirect("funding:console_vouchers")
    context = {"voucher": voucher, "form": form, "code": shown_code(voucher.code)}
    return render(request, "funding/operator/revoke.html", context, status=422 if form.errors else 200)


PLACES = {
    "funding.grant_too_large": "amount",
    "funding.budget_short": "amount",
    "funding.grant_too_late": "expires_on",
    "funding.voucher_ceiling_reached": "business",
    "funding.programme_closed": "programme",
    "funding.series_size_wrong": "size",
}


def _row(voucher: Voucher) -> dict[str, object]:
    state = VoucherState(voucher.state)
    return {
        "voucher": voucher,
        "code": shown_code(voucher.code),
        "word": StateWord(TONES[state], state.label, ICONS.get(state, "")),
        "can_revoke": any(row.name == "revoke" for row in VOUCHER.actions_for(voucher, "operator")),
    }

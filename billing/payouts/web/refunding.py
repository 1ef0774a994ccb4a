"""Console pages of all payouts, and of the refund of a released part: form, check, confirmation."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from billing.charges.returns import returnable_cents
from billing.payouts.access import get_payout_to_handle, require_finance
from billing.payouts.lifecycle import PayoutState
from billing.payouts.queries import all_payouts
from billing.payouts.refunds import possible_bearers, preview_refund, refund_released
from billing.payouts.web import words
from billing.payouts.web.forms import RefundForm
from kernel.errors import DomainError

PAGE_SIZE = 50


@login_required
@require_safe
def every(request: HttpRequest) -> HttpResponse:
    """Every payout, newest first, each with the way to refund its client."""
    require_finance(request.user)
    query = request.GET.get("q", "").strip()
    narrowed = request.GET.get("etat", "")
    narrowed = narrowed if narrowed in PayoutState.values else ""
    found = all_payouts(query=query, state=narrowed)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    tabs = [
        {
            "url": "?" + urlencode({name: value for name, value in (("etat", key), ("q", query)) if value}),
            "label": label,
            "count": None,
            "current": key == narrowed,
        }
        for key, label in (("", _("Tous")), *PayoutState.choices)
    ]
    context = {
        "page": page,
        "rows": [{"payout": payout, "word": words.payout_word(payout)} for payout in page],
        "tabs": tabs,
        "query": query,
        "narrowed": narrowed,
    }
    return render(request, "payouts/operator/payouts.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def refund(request: HttpRequest, public_id: object) -> HttpResponse:
    """Say how much and at whose cost; check what it does; confirm."""
    payout = get_payout_to_handle(request.user, public_id)  # type: ignore[arg-type]
    part = payout.release
    left = returnable_cents(part)
    bearers = possible_bearers(part)
    form = RefundForm(request.POST or None, bearers=bearers, initial={"amount": left, "bearer": bearers[0]})
    context = {"payout": payout, "part": part, "left_cents": left, "form": form}
    if request.method != "POST":
        return render(request, "payouts/operator/refund.html", context)
    if not form.is_valid():
        return render(request, "payouts/operator/refund.html", context, status=422)
    values = form.cleaned_data
    try:
        if "confirm" in request.POST:
            made = refund_released(
                item_key=part.item.key,
                release_key=part.key,
                amount_cents=values["amount"],
                bearer=values["bearer"],
                reason=values["reason"],
            )
            messages.success(
                request,
                _("Remboursement lancé sur la commande %(order)s.")
                % {"order": made.release.item.charge.reference},
            )
            return redirect("payouts:console_payouts")
        preview = preview_refund(release=part, amount_cents=values["amount"], bearer=values["bearer"])
    except DomainError as error:
        form.add_error("amount", str(error))
        return render(request, "payouts/operator/refund.html", context, status=422)
    context |= {"preview": preview, "reason": values["reason"]}
    if "change" in request.POST:
        return render(request, "payouts/operator/refund.html", context)
    return render(
        request, "payouts/operator/refund_check.html", {**context, "posted": request.POST, "form": None}
    )

"""How a payment stands, for the buyer: a fragment that asks again until the bank has answered."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from billing.payments.access import get_payment_for
from billing.payments.errors import GatewayMissing
from billing.payments.gateways.base import GatewayError
from billing.payments.models import Payment
from billing.payments.operations.apply import apply_payment

MOST_ROUNDS = 40
PAUSE_BETWEEN_FETCHES = timedelta(seconds=2)


@login_required
@require_POST
def refresh(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask the gateway how the payment stands; once it is settled the whole page is shown anew."""
    payment = get_payment_for(request.user, public_id)
    if payment.is_open and not _just_asked(payment):
        try:
            payment = apply_payment(payment_id=payment.pk)
        except (GatewayError, GatewayMissing):
            # No answer is no news: the reconciler goes on asking.
            payment.refresh_from_db()
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    if not getattr(request, "htmx", False):
        return redirect(back)
    response = render(
        request,
        "payments/_state.html",
        {"payment": payment, "back": back, "poll_round": _next_round(request)},
    )
    if not payment.is_open or payment.failure_code:
        response["HX-Refresh"] = "true"
    return response


def _just_asked(payment: Payment) -> bool:
    return payment.checked_at is not None and timezone.now() - payment.checked_at < PAUSE_BETWEEN_FETCHES


def _next_round(request: HttpRequest) -> int:
    """Which question comes next; 0 when the page should stop asking by itself."""
    given = request.POST.get("round", "")
    number = int(given) + 1 if given.isascii() and given.isdigit() and len(given) < 4 else 1
    return number if number <= MOST_ROUNDS else 0

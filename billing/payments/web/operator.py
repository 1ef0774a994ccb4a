"""The console page of money that waits for somebody, and the acts that it offers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing.payments import queries
from billing.payments.access import (
    get_delivery_to_handle,
    get_payment_to_handle,
    get_refund_to_handle,
    may_handle_money,
)
from billing.payments.errors import DeliveryUnmatched
from billing.payments.gateways.base import GatewayError
from billing.payments.lifecycle import PaymentState, RefundState
from billing.payments.models import GatewayAccount, Payment, Refund
from billing.payments.operations.apply import apply_payment
from billing.payments.operations.attention import set_payment_aside
from billing.payments.operations.deliveries import apply_delivery, set_delivery_aside
from billing.payments.operations.expiry import expire_if_unreachable
from billing.payments.operations.refunds import give_back_payment, retry_refund, send_refund
from billing.payments.web import words
from kernel.errors import DomainError

MOST_ROWS = 100


@login_required
@require_safe
def payments(request: HttpRequest) -> HttpResponse:
    """What is stuck, apart or failed; each row with its next act."""
    if not may_handle_money(request.user):
        raise Http404
    now = timezone.now()
    context = {
        "payments": [_payment_row(payment) for payment in queries.payments_to_look_at(now)[:MOST_ROWS]],
        "refunds": [_refund_row(refund) for refund in queries.refunds_to_look_at(now)[:MOST_ROWS]],
        "deliveries": [
            {"delivery": delivery, "word": words.delivery_word(delivery)}
            for delivery in queries.deliveries_to_look_at(now)[:MOST_ROWS]
        ],
        "accounts": GatewayAccount.objects.all(),
        "open_count": queries.open_payment_count(),
    }
    return render(request, "payments/operator/payments.html", context)


def _payment_row(payment: Any) -> dict[str, Any]:
    """A payment with its next act; `returning_cents` is annotated by the query."""
    cents = payment.received_cents or payment.amount_cents
    row = {
        "payment": payment,
        "word": words.payment_word(payment),
        "explanation": words.explanation(payment),
        "cents": cents,
        "currency": payment.received_currency or payment.currency,
    }
    if payment.state in {PaymentState.QUARANTINED, PaymentState.OWED_BACK}:
        if payment.returning_cents:
            return {**row, "act": _("Remboursement lancé"), "act_url": ""}
        return {**row, "act": _("Rembourser"), "act_url": _url("give_back", payment)}
    if payment.state == PaymentState.FAILED:
        return {**row, "act": _("Classer"), "act_url": _url("set_aside", payment)}
    return {**row, "act": _("Interroger la passerelle"), "act_url": _url("check", payment)}


def _refund_row(refund: Refund) -> dict[str, Any]:
    row = {
        "refund": refund,
        "word": words.refund_word(refund),
        "explanation": words.refund_explanation(refund),
    }
    if refund.state == RefundState.FAILED:
        return {**row, "act": _("Relancer"), "act_url": _url("retry_refund", refund)}
    return {**row, "act": _("Interroger la passerelle"), "act_url": _url("check_refund", refund)}


def _url(name: str, row: Payment | Refund) -> str:
    return reverse(f"payments:{name}", args=[row.public_id])


@login_required
@require_POST
def check_payment(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask the gateway about a payment now."""
    payment = get_payment_to_handle(request.user, public_id)
    try:
        payment = apply_payment(payment_id=payment.pk)
        expire_if_unreachable(payment=payment)
        payment.refresh_from_db()
        messages.success(
            request,
            _("La passerelle a répondu : %(state)s.") % {"state": payment.get_state_display()},
        )
    except GatewayError:
        messages.error(request, _("La passerelle ne répond pas. Une nouvelle demande partira bientôt."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("payments:console")


@login_required
@require_POST
def give_back(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Refund money that pays nothing."""
    payment = get_payment_to_handle(request.user, public_id)
    try:
        give_back_payment(payment_id=payment.pk, reason=payment.problem or "owed back")
        messages.success(request, _("Remboursement lancé."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("payments:console")


@login_required
@require_POST
def set_aside(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take a refused opening off the list."""
    payment = get_payment_to_handle(request.user, public_id)
    set_payment_aside(payment_id=payment.pk)
    messages.success(request, _("Paiement classé."))
    return redirect("payments:console")


@login_required
@require_POST
def check_refund(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask the gateway about a refund now."""
    refund = get_refund_to_handle(request.user, public_id)
    try:
        refund = send_refund(refund_id=refund.pk)
        messages.success(
            request,
            _("La passerelle a répondu : %(state)s.") % {"state": refund.get_state_display()},
        )
    except GatewayError:
        messages.error(request, _("La passerelle ne répond pas. Une nouvelle demande partira bientôt."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("payments:console")


@login_required
@require_POST
def retry(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Try a failed refund again."""
    refund = get_refund_to_handle(request.user, public_id)
    try:
        retry_refund(refund_id=refund.pk)
        messages.success(request, _("Remboursement relancé."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("payments:console")


@login_required
@require_POST
def apply_again(request: HttpRequest, event_id: str) -> HttpResponse:
    """Try to understand an event again, or put it aside."""
    delivery = get_delivery_to_handle(request.user, event_id)
    try:
        if request.POST.get("act") == "set_aside":
            set_delivery_aside(delivery_id=delivery.pk)
            messages.success(request, _("Notification classée."))
        else:
            delivery = apply_delivery(delivery_id=delivery.pk)
            messages.success(
                request,
                _("Notification : %(state)s.") % {"state": delivery.get_state_display()},
            )
    except DeliveryUnmatched:
        messages.error(request, _("Cette notification ne correspond à aucun paiement de l'espace."))
    except GatewayError:
        messages.error(request, _("La passerelle ne répond pas. Une nouvelle demande partira bientôt."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("payments:console")

"""The console page of money that waits for somebody, and the acts that can be repeated without harm."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from billing.payments import queries
from billing.payments.access import (
    get_delivery_to_handle,
    get_dispute_to_handle,
    get_payment_to_handle,
    get_refund_to_handle,
    may_handle_money,
)
from billing.payments.errors import DeliveryUnmatched
from billing.payments.gateways.base import GatewayError
from billing.payments.models import GatewayAccount
from billing.payments.operations.apply import apply_payment
from billing.payments.operations.deliveries import apply_delivery
from billing.payments.operations.expiry import expire_if_unreachable
from billing.payments.operations.refunds import retry_refund, send_refund
from billing.payments.web.rows import waiting
from kernel.errors import DomainError


@login_required
@require_safe
def payments(request: HttpRequest) -> HttpResponse:
    """What is stuck, apart or failed; each row with its next act."""
    if not may_handle_money(request.user):
        raise Http404
    context = {
        "lists": waiting(timezone.now(), request.GET),
        "accounts": GatewayAccount.objects.all(),
        "open_count": queries.open_payment_count(),
    }
    return render(request, "payments/operator/payments.html", context)


@login_required
@require_POST
def check_payment(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask the gateway about a payment now."""
    payment = get_payment_to_handle(request.user, public_id)

    def ask() -> str:
        found = apply_payment(payment_id=payment.pk)
        expire_if_unreachable(payment=found)
        found.refresh_from_db()
        return _("La passerelle a répondu : %(state)s.") % {"state": found.get_state_display()}

    return do(request, ask)


@login_required
@require_POST
def check_refund(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask the gateway about a refund now."""
    refund = get_refund_to_handle(request.user, public_id)

    def ask() -> str:
        state = send_refund(refund_id=refund.pk).get_state_display()
        return _("La passerelle a répondu : %(state)s.") % {"state": state}

    return do(request, ask)


@login_required
@require_POST
def check_dispute(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask the gateway about a dispute now; it is told with its payment."""
    dispute = get_dispute_to_handle(request.user, public_id)

    def ask() -> str:
        apply_payment(payment_id=dispute.payment_id)
        dispute.refresh_from_db()
        return _("La passerelle a répondu : %(state)s.") % {"state": dispute.get_state_display()}

    return do(request, ask)


@login_required
@require_POST
def retry(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Try a failed refund again."""
    refund = get_refund_to_handle(request.user, public_id)

    def again() -> str:
        retry_refund(refund_id=refund.pk)
        return _("Remboursement relancé.")

    return do(request, again)


@login_required
@require_POST
def apply_again(request: HttpRequest, event_id: str) -> HttpResponse:
    """Try to understand an event again."""
    delivery = get_delivery_to_handle(request.user, event_id)

    def again() -> str:
        state = apply_delivery(delivery_id=delivery.pk).get_state_display()
        return _("Notification : %(state)s.") % {"state": state}

    return do(request, again)


def do(request: HttpRequest, act: Callable[[], str]) -> HttpResponse:
    """Do it, tell what came of it, and go back to the list."""
    try:
        messages.success(request, act())
    except DeliveryUnmatched:
        messages.error(request, _("Cette notification ne correspond à aucun paiement de l’espace."))
    except GatewayError:
        messages.error(request, _("La passerelle ne répond pas. Une nouvelle demande partira bientôt."))
    except DomainError as error:
        messages.error(request, str(error))
    return redirect("payments:console")

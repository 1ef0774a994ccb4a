"""Work of payments after a commit or at a clock; each task calls the outside and so keeps no transaction."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog
from celery import shared_task
from django.db import transaction
from django.utils import timezone
from django_tenants.utils import get_tenant_model, tenant_context

from billing.payments.errors import DeliveryUnmatched, GatewayMissing
from billing.payments.gateways.base import GatewayError, OutcomeUnknown
from billing.payments.lifecycle import RefundState
from billing.payments.models import Payment
from billing.payments.operations import apply, expiry
from billing.payments.operations import deliveries as deliveries_operations
from billing.payments.operations import reconcile as reconciling
from billing.payments.operations import refunds as refund_operations
from kernel.outbox import outbox_task
from kernel.outbox.operations import enqueue

log = structlog.get_logger(__name__)

LONGEST_PAUSE = timedelta(hours=1)


@outbox_task("payments.apply_delivery", queue="money", own_transactions=True)
def apply_delivery(delivery_id: int) -> None:
    """Apply an event of the gateway."""
    deliveries_operations.apply_delivery(delivery_id=delivery_id)


@outbox_task("payments.reconcile_payment", queue="money", own_transactions=True)
def reconcile_payment(payment_id: int, round: int) -> None:  # noqa: A002 - an argument of stored rows
    """Ask the gateway about a payment whose webhook may never come, until it is settled."""
    try:
        payment = apply.apply_payment(payment_id=payment_id)
        expiry.expire_if_unreachable(payment=payment)
    except (GatewayError, GatewayMissing):
        # An unknown answer is no failure: the next round asks again, staff see the payment meanwhile.
        pass
    payment = Payment.objects.get(pk=payment_id)
    if payment.is_open or (payment.is_received and payment.fee_cents is None):
        _again("payments.reconcile_payment", round, {"payment_id": payment_id})


@outbox_task("payments.expire_charge", queue="money", own_transactions=True)
def expire_charge(charge_id: int) -> None:
    """Lapse a charge at its time, its open pages first."""
    expiry.expire_charge(charge_id=charge_id)


@outbox_task("payments.close_pages", queue="money", own_transactions=True)
def close_pages(charge_id: int) -> None:
    """Close the open pages of a charge that was cancelled."""
    expiry.close_open_payments(charge_id=charge_id)


@outbox_task("payments.send_refund", queue="money", own_transactions=True)
def send_refund(refund_id: int, round: int) -> None:  # noqa: A002 - an argument of stored rows
    """Ask the gateway for a refund, or how it stands, until it ended."""
    try:
        refund = refund_operations.send_refund(refund_id=refund_id)
        ended = refund.state in {RefundState.DONE, RefundState.FAILED}
    except (OutcomeUnknown, GatewayMissing):
        ended = False
    if not ended:
        _again("payments.send_refund", round, {"refund_id": refund_id})


@shared_task(name="payments.reconcile_all")
def reconcile_all() -> None:
    """Ask each tenant that works to reconcile; one that has not done so yet is not asked for twice."""
    for tenant in get_tenant_model().objects.operating():
        with tenant_context(tenant):
            enqueue("payments.reconcile", dedupe_key="payments.reconcile")


@outbox_task("payments.reconcile", queue="money", own_transactions=True)
def reconcile() -> None:
    """Read what the gateway never told us, and take up what nobody asks about."""
    try:
        reconciling.reconcile()
    except (GatewayError, GatewayMissing) as error:
        log.warning("reconcile_unanswered", error=type(error).__name__)


@outbox_task("payments.ask_about", queue="money", own_transactions=True)
def ask_about(payments: list[int], refunds: list[int], deliveries: list[int]) -> None:
    """Ask the gateway about each of these rows; one that is not answered waits for the next round."""
    for function, name, ids in (
        (apply.apply_payment, "payment_id", payments),
        (refund_operations.send_refund, "refund_id", refunds),
        (deliveries_operations.apply_delivery, "delivery_id", deliveries),
    ):
        for row_id in ids:
            try:
                function(**{name: row_id})
            except (GatewayError, GatewayMissing, DeliveryUnmatched) as error:
                log.warning("row_unanswered", row=f"{name}:{row_id}", error=type(error).__name__)


@transaction.atomic
def _again(task: str, round_: int, arguments: dict[str, Any]) -> None:
    """Schedule the next look: after 2, 4, 8 … minutes, an hour at most."""
    pause = min(timedelta(minutes=2) * 2 ** min(round_ - 1, 10), LONGEST_PAUSE)
    enqueue(task, due_at=timezone.now() + pause, round=round_ + 1, **arguments)

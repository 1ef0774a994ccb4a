"""Applying what the gateway says about a payment: one function for webhook, return page and reconciler."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction
from django.utils import timezone

from billing.charges.lifecycle import ChargeState
from billing.charges.models import Charge
from billing.charges.operations import fail_charge_payment, lock_charge, settle_charge
from billing.payments.bookings import book_fee, book_receipt
from billing.payments.errors import PaymentNotFound
from billing.payments.faults import SESSION_APPLIED, SESSION_FETCHED
from billing.payments.gateways.base import GatewayCharge, SessionSeen
from billing.payments.gateways.directory import gateway_for
from billing.payments.lifecycle import OPEN, PAYMENT, PaymentState
from billing.payments.models import Payment
from kernel.faults import fault_point
from tenants.directory.current import current_tenant

log = structlog.get_logger(__name__)

PAYABLE = (ChargeState.AWAITING_PAYMENT, ChargeState.LAPSED)
"""A lapsed charge still takes money that arrives late; whether it is still offered is decided above."""


def apply_payment(*, payment_id: int) -> Payment:
    """Fetch the payment's page from the gateway and apply its state; as often as one likes.

    Must be called outside a transaction. Raises PaymentNotFound, GatewayMissing, and the gateway's
    OutcomeUnknown when it does not answer.
    """
    payment = Payment.objects.select_related("account").filter(pk=payment_id).first()
    if payment is None:
        raise PaymentNotFound
    gateway = gateway_for(payment.account)
    if payment.session_id:
        seen: SessionSeen | None = gateway.fetch_session(payment.session_id)
    else:
        seen = gateway.find_session(payment.request["reference"])
    fault_point(SESSION_FETCHED)
    if seen is None:
        return payment
    return apply_session(payment_id=payment_id, seen=seen)


@transaction.atomic
def apply_session(*, payment_id: int, seen: SessionSeen) -> Payment:
    """Bring payment, charge and ledger to what the gateway says; told twice or late, it changes nothing."""
    charge_id = Payment.objects.values_list("charge_id", flat=True).get(pk=payment_id)
    charge = lock_charge(charge_id=charge_id)
    payment = Payment.objects.select_for_update(of=("self",)).get(pk=payment_id)
    payment.charge = charge
    now = timezone.now()
    payment.session_id = payment.session_id or seen.identifier
    payment.intent_id = payment.intent_id or seen.intent
    payment.hosted_url = seen.url or payment.hosted_url
    payment.checked_at = now
    if seen.paid:
        _receive(payment, charge, seen, now)
    elif seen.status == "expired":
        if payment.state in OPEN:
            PAYMENT.apply(payment, "expire", "billing")
    else:
        if payment.state in {PaymentState.CREATED, PaymentState.UNKNOWN}:
            PAYMENT.apply(payment, "open", "billing")
            payment.failure_code = ""
        _note_refusal(payment, charge, seen.charge)
    payment.save()
    fault_point(SESSION_APPLIED)
    return payment


def _receive(payment: Payment, charge: Charge, seen: SessionSeen, now: datetime) -> None:
    """Money came in: it pays the charge, or stands visibly apart and is owed back."""
    paid = seen.charge
    if not payment.is_received and paid is not None and paid.succeeded:
        payment.gateway_charge_id = paid.identifier
        payment.received_cents = paid.amount_cents
        payment.received_currency = paid.currency
        payment.received_at = now
        payment.failure_code = ""
        difference = _difference(payment, seen, paid)
        unwanted = "" if charge.state in PAYABLE else f"charge_{charge.state}"
        payment.problem = difference or unwanted
        PAYMENT.apply(
            payment, "quarantine" if difference else "owe_back" if unwanted else "succeed", "billing"
        )
        payment.save()
        book_receipt(payment)
        log.info(
            "payment_received", payment=str(payment.public_id), state=payment.state, cents=paid.amount_cents
        )
        if payment.state == PaymentState.SUCCEEDED:
            settle_charge(charge=charge, paid_at=now)
    if payment.is_received and payment.fee_cents is None and paid is not None and paid.fee_cents is not None:
        payment.fee_cents = paid.fee_cents
        book_fee(payment)


def _difference(payment: Payment, seen: SessionSeen, paid: GatewayCharge) -> str:
    """Why this money cannot be ours as expected: a code for staff, empty when all agrees."""
    if (paid.amount_cents, paid.currency) != (payment.amount_cents, payment.currency):
        return "amount_differs"
    expected = {"tenant": current_tenant().schema_name, "payment": str(payment.public_id)}
    if seen.reference != payment.request["reference"] or not expected.items() <= seen.metadata.items():
        return "reference_differs"
    if seen.live:
        return "live_money_on_sandbox"
    return ""


def _note_refusal(payment: Payment, charge: Charge, tried: GatewayCharge | None) -> None:
    """Remember a refused card once; the page stays open for another."""
    if tried is None or tried.succeeded or tried.identifier == payment.failed_charge_id:
        return
    payment.failed_charge_id = tried.identifier
    payment.failure_code = tried.failure_code[:80]
    if charge.state == ChargeState.AWAITING_PAYMENT and payment.is_open:
        fail_charge_payment(charge=charge, code=payment.failure_code)

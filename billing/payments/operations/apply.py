"""Applying what the gateway says about a payment: one function for webhook, return page and reconciler."""

from __future__ import annotations

from datetime import datetime

import structlog
from django.db import transaction
from django.utils import timezone

from billing.charges.instalments import pay_instalment, require_payable
from billing.charges.lifecycle import ChargeState
from billing.charges.models import Charge
from billing.charges.operations import fail_charge_payment, settle_charge
from billing.payments.bookings import book_fee, book_receipt
from billing.payments.errors import PaymentNotFound
from billing.payments.faults import DISPUTES_FETCHED, REFUNDS_FETCHED, SESSION_APPLIED, SESSION_FETCHED
from billing.payments.gateways.base import Gateway, GatewayCharge, SessionSeen
from billing.payments.gateways.directory import gateway_for
from billing.payments.lifecycle import PAGE_OPEN, PAYMENT, PaymentState
from billing.payments.locking import lock_payment
from billing.payments.models import Bearer, Payment, PaymentMethod
from billing.payments.operations.disputes import apply_dispute_state
from billing.payments.operations.foreign_refunds import known_cents, record_found
from billing.payments.operations.refunds import request_refund
from kernel.faults import fault_point
from kernel.outbox.operations import enqueue
from tenants.directory.current import current_tenant

log = structlog.get_logger(__name__)

PAYABLE = (ChargeState.AWAITING_PAYMENT, ChargeState.LAPSED)
"""A lapsed charge still takes money that arrives late; whether it is still offered is decided above."""


WAITING = (ChargeState.AWAITING_PAYMENT, ChargeState.PART_PAID)


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
    payment = apply_session(payment_id=payment_id, seen=seen)
    if payment.is_received and seen.charge is not None:
        _apply_what_followed(payment, seen.charge, gateway)
    return payment


def _apply_what_followed(payment: Payment, paid: GatewayCharge, gateway: Gateway) -> None:
    """Disputes, and refunds that we did not ask for: fetched only when the charge tells of some."""
    if paid.disputed:
        disputes = gateway.disputes_of(paid.identifier)
        fault_point(DISPUTES_FETCHED)
        for dispute in disputes:
            apply_dispute_state(payment_id=payment.pk, seen=dispute)
    if paid.refunded_cents > known_cents(payment):
        refunds = gateway.refunds_of(paid.identifier)
        fault_point(REFUNDS_FETCHED)
        record_found(payment_id=payment.pk, seen=refunds)
    if paid.disputed or paid.refunded_cents:
        payment.refresh_from_db()


@transaction.atomic
def apply_session(*, payment_id: int, seen: SessionSeen) -> Payment:
    """Bring payment, charge and ledger to what the gateway says; told twice or late, it changes nothing."""
    payment = lock_payment(payment_id=payment_id)
    charge = payment.charge
    now = timezone.now()
    payment.session_id = payment.session_id or seen.identifier
    payment.intent_id = payment.intent_id or seen.intent
    payment.hosted_url = seen.url or payment.hosted_url
    payment.checked_at = now
    if seen.charge is not None and seen.charge.method in PaymentMethod.values:
        payment.method = seen.charge.method
    if seen.paid:
        _receive(payment, charge, seen, now)
    elif seen.processing:
        if payment.state in {*PAGE_OPEN, PaymentState.EXPIRED}:
            PAYMENT.apply(payment, "process", "billing")
            payment.failure_code = ""
    elif seen.status == "complete":
        _fail(payment, charge, seen.charge, now)
    elif seen.status == "expired":
        if payment.state in PAGE_OPEN:
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
        unwanted = _unwanted(payment, charge)
        payment.problem = difference or unwanted
        PAYMENT.apply(
            payment, "quarantine" if difference else "owe_back" if unwanted else "succeed", "billing"
        )
        payment.save()
        book_receipt(payment)
        log.info(
            "payment_received", payment=str(payment.public_id), state=payment.state, cents=paid.amount_cents
        )
        if payment.state == PaymentState.SUCCEEDED and payment.instalment_id is not None:
            pay_instalment(charge=charge, instalment_id=payment.instalment_id, paid_at=now)
        elif payment.state == PaymentState.SUCCEEDED:
            settle_charge(charge=charge, paid_at=now)
        elif payment.state == PaymentState.OWED_BACK:
            # Ours, exact, and of no use: nobody need decide anything.
            request_refund(
                payment,
                payment.received_cents,
                charge_item=None,
                bearer=Bearer.OPERATOR,
                reason=payment.problem,
            )
    if payment.is_received and payment.fee_cents is None and paid is not None and paid.fee_cents is not None:
        payment.fee_cents = paid.fee_cents
        book_fee(payment)


def _unwanted(payment: Payment, charge: Charge) -> str:
    """Why exact money is of no use: a code for staff, empty when it pays its charge or instalment."""
    if payment.instalment_id is not None:
        return require_payable(
            charge=charge, instalment_id=payment.instalment_id, amount_cents=payment.amount_cents
        )
    return "" if charge.state in PAYABLE else f"charge_{charge.state}"


def _fail(payment: Payment, charge: Charge, tried: GatewayCharge | None, now: datetime) -> None:
    """The bank refused a debit that was signed: another page may be opened, or the charge lapses."""
    if tried is None or tried.status != "failed" or not payment.is_open:
        return
    payment.failed_charge_id = tried.identifier
    payment.failure_code = tried.failure_code[:80]
    PAYMENT.apply(payment, "fail", "billing")
    payment.save()
    if charge.state not in WAITING:
        return
    fail_charge_payment(charge=charge, code=payment.failure_code)
    # Once a first instalment is paid nothing lapses any more.
    over = charge.expires_at is not None and charge.expires_at <= now
    if over and charge.state == ChargeState.AWAITING_PAYMENT:
        enqueue("payments.expire_charge", dedupe_key=f"expire:{charge.pk}", charge_id=charge.pk)


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
    if charge.state in WAITING and payment.is_open:
        fail_charge_payment(charge=charge, code=payment.failure_code)

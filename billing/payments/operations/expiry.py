"""Lapsing of a charge that was not paid in time: its open pages are closed first, one that is paid wins."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from billing.charges.lifecycle import ChargeState
from billing.charges.models import Charge
from billing.charges.operations import lapse_charge, lock_charge
from billing.payments.faults import SESSION_EXPIRED
from billing.payments.gateways.directory import gateway_for
from billing.payments.lifecycle import OPEN, PAGE_OPEN, PAYMENT, PaymentState
from billing.payments.locking import lock_payment
from billing.payments.models import Payment
from billing.payments.operations.apply import apply_payment, apply_session
from kernel.faults import fault_point


def expire_charge(*, charge_id: int) -> Charge:
    """Close what may still take money for a charge whose time is over, then let it lapse.

    Called at the charge's `expires_at`, outside a transaction; does nothing for a charge that is paid,
    cancelled or not due. Raises OutcomeUnknown when the gateway does not answer: the charge waits.
    """
    charge = Charge.objects.get(pk=charge_id)
    if charge.state != ChargeState.AWAITING_PAYMENT or charge.expires_at is None:
        return charge
    if charge.expires_at > timezone.now():
        return charge
    close_open_payments(charge_id=charge_id)
    return _lapse(charge_id)


def close_open_payments(*, charge_id: int) -> None:
    """Expire every open page of a charge at the gateway and apply what it says instead.

    Also for a charge that was cancelled while its page stood open. A debit that the bank has not answered
    cannot be called back: the charge waits for it. Raises OutcomeUnknown.
    """
    for payment in Payment.objects.filter(charge_id=charge_id, state__in=OPEN).select_related("account"):
        if not payment.session_id or payment.state == PaymentState.PROCESSING:
            payment = apply_payment(payment_id=payment.pk)
        if not payment.session_id:
            _give_up(payment.pk)
        elif payment.state in PAGE_OPEN:
            seen = gateway_for(payment.account).expire_session(payment.session_id)
            fault_point(SESSION_EXPIRED)
            apply_session(payment_id=payment.pk, seen=seen)


@transaction.atomic
def _lapse(charge_id: int) -> Charge:
    charge = lock_charge(charge_id=charge_id)
    still_open = Payment.objects.filter(charge=charge, state__in=OPEN).exists()
    if charge.state == ChargeState.AWAITING_PAYMENT and not still_open:
        lapse_charge(charge=charge)
    return charge


@transaction.atomic
def _give_up(payment_id: int) -> None:
    """The gateway knows no page of this payment: nobody can pay it."""
    payment = lock_payment(payment_id=payment_id)
    if payment.state in PAGE_OPEN and not payment.session_id:
        PAYMENT.apply(payment, "expire", "billing")
        payment.checked_at = timezone.now()
        payment.save(update_fields=["state", "checked_at"])


def expire_if_unreachable(*, payment: Payment) -> None:
    """Close our side of a payment whose page was never made and cannot be any more."""
    if payment.is_open and not payment.session_id and payment.hosted_until <= timezone.now():
        _give_up(payment.pk)

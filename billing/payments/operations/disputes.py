"""Applying what the gateway says about a dispute, and deciding who bears one that is lost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from django.db import transaction
from django.utils import timezone

from billing.charges.lifecycle import ReleaseState
from billing.charges.models import ChargeRelease
from billing.charges.operations import lock_charge
from billing.ledger.accounts import AccountCode
from billing.ledger.operations import PostingInput
from billing.payments import bearers
from billing.payments.bookings import (
    book_dispute_fee,
    book_dispute_lost,
    book_dispute_of_owed,
    book_dispute_opened,
    book_dispute_won,
)
from billing.payments.errors import BearerNotPossible, DisputeNotDecidable, HeldPartsRemain
from billing.payments.faults import DISPUTE_APPLIED
from billing.payments.gateways.base import DisputeSeen
from billing.payments.lifecycle import DISPUTE, PAYMENT, DisputeState, PaymentState
from billing.payments.locking import lock_payment
from billing.payments.models import Bearer, GatewayDispute, Payment
from billing.payments.operations.foreign_refunds import uncovered_cents
from kernel.faults import fault_point
from kernel.outbox.operations import enqueue

if TYPE_CHECKING:
    from tenants.accounts.models import User

log = structlog.get_logger(__name__)

TAKEN_BACK = (PaymentState.SUCCEEDED, PaymentState.OWED_BACK, PaymentState.QUARANTINED)


@transaction.atomic
def apply_dispute_state(*, payment_id: int, seen: DisputeSeen) -> GatewayDispute:
    """Bring a dispute, its payment and the ledger to what the gateway says; told twice, it changes nothing.

    An older word than the one we have (open, after won or lost) is not listened to.
    """
    payment = lock_payment(payment_id=payment_id)
    dispute = (
        GatewayDispute.objects.select_for_update(of=("self",))
        .filter(gateway_dispute_id=seen.identifier)
        .first()
    )
    if dispute is None:
        dispute = GatewayDispute.objects.create(
            payment=payment,
            gateway_dispute_id=seen.identifier,
            reason=seen.reason[:60],
            amount_cents=seen.amount_cents,
            currency=seen.currency,
            fee_cents=seen.fee_cents,
            due_by=seen.due_by,
        )
        dispute.payment = payment
        book_dispute_opened(dispute)
        book_dispute_fee(dispute)
        log.warning("dispute_opened", dispute=str(dispute.public_id), cents=dispute.amount_cents)
    dispute.payment = payment
    dispute.checked_at = timezone.now()
    dispute.due_by = seen.due_by
    if dispute.state == DisputeState.OPEN and seen.status == "won":
        DISPUTE.apply(dispute, "win", "billing")
        dispute.closed_at = dispute.checked_at
        book_dispute_won(dispute)
        _tell_payouts(payment.charge_id)
    elif dispute.state == DisputeState.OPEN and seen.status == "lost":
        _lose(dispute, payment)
    dispute.save()
    fault_point(DISPUTE_APPLIED)
    return dispute


@transaction.atomic
def decide_dispute(*, dispute_id: int, bearer: str, actor: User) -> GatewayDispute:
    """Staff say who bears what no cancelled part of the order covers; it cannot be undone.

    The operator may bear all. A seller bears what was released to it: parts that are still held are
    cancelled first. Raises DisputeNotDecidable, BearerNotPossible, HeldPartsRemain.
    """
    charge_id = GatewayDispute.objects.values_list("payment__charge_id", flat=True).get(pk=dispute_id)
    charge = lock_charge(charge_id=charge_id)
    dispute = (
        GatewayDispute.objects.select_for_update(of=("self",)).select_related("payment").get(pk=dispute_id)
    )
    dispute.payment.charge = charge
    if dispute.state != DisputeState.LOST or dispute.decided_at is not None:
        raise DisputeNotDecidable
    rest = uncovered_cents(dispute)
    debits = [PostingInput(AccountCode.REFUNDS_BORNE, rest, currency=dispute.currency)]
    if bearer == Bearer.PROVIDER:
        owe = bearers.registered()
        if owe is None:
            raise BearerNotPossible
        if rest and held_cents(charge_id):
            raise HeldPartsRemain
        debits = list(owe(charge_id=charge_id, amount_cents=rest, source=f"dispute-lost:{dispute.pk}"))
    elif bearer != Bearer.OPERATOR:
        raise BearerNotPossible
    dispute.bearer, dispute.borne_cents = bearer, rest
    dispute.decided_at, dispute.decided_by = timezone.now(), actor
    dispute.save(update_fields=["bearer", "borne_cents", "decided_at", "decided_by"])
    if rest:
        book_dispute_lost(dispute, debits)
    _tell_payouts(charge_id)
    return dispute


def held_cents(charge_id: int) -> int:
    """What of a charge is still held, in cents: parts that nobody approved or cancelled."""
    parts = ChargeRelease.objects.filter(item__charge=charge_id, state=ReleaseState.HELD)
    return sum(parts.values_list("incl_cents", flat=True))


def _lose(dispute: GatewayDispute, payment: Payment) -> None:
    DISPUTE.apply(dispute, "lose", "billing")
    dispute.closed_at = dispute.checked_at
    if payment.state not in TAKEN_BACK:
        return
    owed = payment.state != PaymentState.SUCCEEDED
    PAYMENT.apply(payment, "charge_back", "billing")
    payment.save(update_fields=["state"])
    if owed and not payment.refunds.filter(retry=None).exists():
        # It was due back to the buyer anyway: nobody has to bear it.
        book_dispute_of_owed(dispute)
        dispute.bearer, dispute.decided_at = Bearer.OPERATOR, dispute.checked_at
        _tell_payouts(payment.charge_id)


def _tell_payouts(charge_id: int) -> None:
    """What the dispute kept back may leave; payouts stand above, hence by the outbox."""
    enqueue("payouts.end_dispute_holds", charge_id=charge_id)

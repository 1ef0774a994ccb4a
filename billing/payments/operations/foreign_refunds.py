"""Money given back without us: found at the gateway, or taken by the buyer's bank; never given twice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from billing.charges.models import ChargeItem
from billing.charges.operations import lock_charge
from billing.payments.bookings import (
    book_refund_by_bank,
    book_refund_cleared,
    book_refund_counted,
    book_refund_found,
)
from billing.payments.errors import (
    NothingToRefund,
    PaymentDisputed,
    RefundAlreadyCleared,
    RefundTooLarge,
    SplitNotWhole,
)
from billing.payments.gateways.base import RefundSeen
from billing.payments.lifecycle import PAYMENT, DisputeState, PaymentState, RefundState
from billing.payments.locking import lock_payment
from billing.payments.models import Bearer, GatewayDispute, Payment, Refund, RefundOrigin
from kernel.web.formats import format_money

log = structlog.get_logger(__name__)


def known_cents(payment: Payment) -> int:
    """Cents of refunds whose identifier at the gateway we know, failed ones left out."""
    rows = payment.refunds.exclude(gateway_refund_id="").exclude(state=RefundState.FAILED)
    return rows.aggregate(sum=Sum("amount_cents"))["sum"] or 0


def is_borne(refund: Refund) -> bool:
    """Whether a refund made at the gateway is due to nobody: the operator bears it, or no one has said."""
    paid = refund.payment.state in (PaymentState.SUCCEEDED, PaymentState.CHARGED_BACK)
    return refund.origin == RefundOrigin.GATEWAY and refund.charge_item_id is None and paid


def _waiting(item: ChargeItem | None) -> QuerySet[Refund]:
    """Refunds made at the gateway that can be for this item: nobody has said that they were for another."""
    rows = Refund.objects.filter(origin=RefundOrigin.GATEWAY, state=RefundState.DONE, cleared_at=None)
    return rows.filter(Q(meant_for=None) | Q(meant_for=item))


def unadopted_cents(payment: Payment, item: ChargeItem | None) -> int:
    """Cents that the gateway gave back without us and that can be for this item."""
    return _waiting(item).filter(payment=payment).aggregate(sum=Sum("amount_cents"))["sum"] or 0


def _borne(payment: Payment) -> QuerySet[Refund]:
    return payment.refunds.filter(
        payment__state=PaymentState.SUCCEEDED, origin=RefundOrigin.GATEWAY, state=RefundState.DONE
    ).filter(charge_item=None, split_at=None, cleared_at__isnull=False)


def borne_cents(payment: Payment) -> int:
    """Cents that the gateway gave back without us and that the operator bears."""
    return _borne(payment).aggregate(sum=Sum("amount_cents"))["sum"] or 0


@transaction.atomic
def record_found(*, payment_id: int, seen: Iterable[RefundSeen]) -> list[Refund]:
    """Write the refunds that the gateway made without our asking; told twice, they are written once."""
    payment = lock_payment(payment_id=payment_id)
    ours = set(payment.refunds.values_list("gateway_refund_id", flat=True))
    tokens = {str(token) for token in payment.refunds.values_list("public_id", flat=True)}
    found = []
    for each in seen:
        if each.status == "failed" or each.identifier in ours or each.metadata.get("refund") in tokens:
            continue
        now = timezone.now()
        owed = payment.state in {PaymentState.OWED_BACK, PaymentState.QUARANTINED}
        refund = Refund.objects.create(
            payment=payment,
            amount_cents=each.amount_cents,
            currency=each.currency,
            bearer=Bearer.OPERATOR,
            reason="made at the gateway",
            state=RefundState.DONE,
            origin=RefundOrigin.GATEWAY,
            idempotency_key=f"found:{each.identifier}",
            gateway_refund_id=each.identifier,
            requested_at=now,
            done_at=now,
            cleared_at=now if owed else None,
        )
        book_refund_found(refund)
        found.append(refund)
        log.warning("refund_found", refund=str(refund.public_id), cents=each.amount_cents)
    _follow(payment)
    return found


def given_first(payments: Iterable[Payment], item: ChargeItem) -> list[Payment]:
    """Payments in their order, but before all others those of which the buyer has something back already.

    First what its bank took, then what the gateway gave back for this item, then what it gave back for
    nobody knows what: fresh money leaves last.
    """
    known = set(_waiting(item).values_list("payment_id", "meant_for_id"))
    return sorted(
        payments,
        key=lambda payment: (
            payment.state != PaymentState.CHARGED_BACK,
            (payment.pk, item.pk) not in known,
            (payment.pk, None) not in known,
        ),
    )


def adopt_found(payment: Payment, *, amount_cents: int, **values: Any) -> list[Refund]:
    """Refunds made at the gateway that give back this amount or parts of it, booked to what they were for.

    Pieces that staff meant for this item come first. Then one of the very amount before all others; then
    those that fit in, oldest first. One that is larger than what is to be given back is left: staff say what
    it was for, or for what several things (`split_found`).
    """
    waiting = list(
        _waiting(values["charge_item"])
        .filter(payment=payment)
        .select_for_update(of=("self",))
        .order_by(F("meant_for").asc(nulls_last=True), "pk")
    )
    meant = [refund for refund in waiting if refund.meant_for_id is not None]
    exact = [refund for refund in meant or waiting if refund.amount_cents == amount_cents]
    adopted, left = [], amount_cents
    for refund in exact[:1] or waiting:
        if refund.amount_cents <= left:
            left -= refund.amount_cents
            adopted.append(refund)
    for refund in adopted:
        refund.payment = payment
        for name, value in values.items():
            setattr(refund, name, value)
        refund.cleared_at = timezone.now()
        refund.save(update_fields=[*values, "cleared_at"])
        book_refund_cleared(refund, borne=False)
    return adopted


@dataclass(frozen=True)
class Piece:
    """What of a refund made at the gateway was for one item, in cents; without an item it is not said yet."""

    amount_cents: int
    item: ChargeItem | None = None


@transaction.atomic
def split_found(*, refund_id: int, pieces: Sequence[Piece]) -> list[Refund]:
    """A refund made at the gateway was for several things: a row for each, which waits as it did.

    Nothing is booked: what the gateway gave back stays in suspense until each piece is booked to what it
    was for. Takes the lock of the charge. Raises RefundAlreadyCleared, PaymentDisputed when the buyer's bank
    has taken the payment, SplitNotWhole.
    """
    refund = _lock_found(refund_id)
    if refund.payment.state != PaymentState.SUCCEEDED:
        raise PaymentDisputed
    total = sum(piece.amount_cents for piece in pieces)
    if total != refund.amount_cents or any(piece.amount_cents <= 0 for piece in pieces):
        raise SplitNotWhole(amount=format_money(refund.amount_cents, refund.currency))
    refund.cleared_at = timezone.now()
    return _divide(refund, [{"amount_cents": each.amount_cents, "meant_for": each.item} for each in pieces])


def _divide(refund: Refund, pieces: Sequence[dict[str, Any]]) -> list[Refund]:
    """A row for each piece of a locked refund, alike but for its values; the refund itself counts no more."""
    refund.split_at = timezone.now()
    refund.save(update_fields=["cleared_at", "split_at"])
    alike = ("payment", "currency", "bearer", "reason", "state", "origin", "requested_at", "done_at")
    return [
        Refund.objects.create(
            **{name: getattr(refund, name) for name in alike} | values,
            idempotency_key=f"{refund.idempotency_key}:{number}",
            split_of=refund,
        )
        for number, values in enumerate(pieces, start=1)
    ]


def count_borne(payment: Payment, *, amount_cents: int, **values: Any) -> list[Refund]:
    """Refunds that the operator bears, newest first, counted for cancelled parts up to this amount.

    For when the payment holds less than its buyer is due: nobody gets more back than was paid. The payment
    and its charge are locked by the caller.
    """
    counted, left = [], amount_cents
    for refund in _borne(payment).select_for_update(of=("self",)).order_by("-pk"):
        if not left:
            break
        refund.payment = payment
        cents = min(left, refund.amount_cents)
        if cents < refund.amount_cents:
            now = {"cleared_at": refund.cleared_at}
            amounts = (cents, refund.amount_cents - cents)
            refund, _rest = _divide(refund, [{"amount_cents": each, **now} for each in amounts])
        for name, value in values.items():
            setattr(refund, name, value)
        refund.save(update_fields=[*values])
        book_refund_counted(refund)
        counted.append(refund)
        left -= cents
    return counted


@transaction.atomic
def bear_found(*, refund_id: int) -> Refund:
    """The operator bears a refund made at the gateway: no part of the order is cancelled for it.

    Raises RefundAlreadyCleared.
    """
    refund = _lock_found(refund_id)
    refund.cleared_at = timezone.now()
    refund.save(update_fields=["cleared_at"])
    book_refund_cleared(refund, borne=True)
    return refund


def _lock_found(refund_id: int) -> Refund:
    charge_id = Refund.objects.values_list("payment__charge_id", flat=True).get(pk=refund_id)
    charge = lock_charge(charge_id=charge_id)
    refund = Refund.objects.select_for_update(of=("self",)).select_related("payment").get(pk=refund_id)
    if refund.origin != RefundOrigin.GATEWAY or refund.cleared_at or refund.state != RefundState.DONE:
        raise RefundAlreadyCleared
    refund.payment.charge = charge
    return refund


def refund_by_bank(payment: Payment, *, amount_cents: int, **values: Any) -> Refund:
    """Cancelled parts of a payment that the buyer's bank took back: nothing is sent, it is given back.

    Raises NothingToRefund, RefundTooLarge.
    """
    dispute = payment.disputes.filter(state=DisputeState.LOST).first()
    if dispute is None or dispute.decided_at is not None:
        raise NothingToRefund
    left = uncovered_cents(dispute)
    if amount_cents > left:
        raise RefundTooLarge(left=f"{left / 100:.2f} {dispute.currency}")
    now = timezone.now()
    refund = Refund.objects.create(
        payment=payment,
        amount_cents=amount_cents,
        currency=dispute.currency,
        origin=RefundOrigin.BANK,
        state=RefundState.DONE,
        idempotency_key=f"bank:{dispute.gateway_dispute_id}:{payment.refunds.count() + 1}",
        requested_at=now,
        done_at=now,
        cleared_at=now,
        **values,
    )
    book_refund_by_bank(refund)
    return refund


def taken_by_bank_cents(payment: Payment) -> int:
    """What the buyer's bank took of a payment, that no cancelled part covers and nobody bears, in cents."""
    dispute = payment.disputes.filter(state=DisputeState.LOST, decided_at=None).first()
    return 0 if dispute is None else uncovered_cents(dispute)


def uncovered_cents(dispute: GatewayDispute) -> int:
    """What of a dispute no cancelled part covers, in cents."""
    by_bank = Refund.objects.filter(payment=dispute.payment_id, origin=RefundOrigin.BANK)
    return dispute.amount_cents - (by_bank.aggregate(sum=Sum("amount_cents"))["sum"] or 0)


def _follow(payment: Payment) -> None:
    """Money that paid nothing and was given back at the gateway is returned."""
    if payment.state not in {PaymentState.OWED_BACK, PaymentState.QUARANTINED}:
        return
    done = payment.refunds.filter(state=RefundState.DONE).aggregate(sum=Sum("amount_cents"))["sum"] or 0
    if done >= payment.received_cents:
        PAYMENT.apply(payment, "give_back", "billing")
        payment.save(update_fields=["state"])

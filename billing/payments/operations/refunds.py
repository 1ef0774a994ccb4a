"""Giving money back: one row an attempt, the debt booked at once, the gateway called by a task."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from billing.charges.models import ChargeItem, ChargeRelease
from billing.charges.operations import (
    lock_charge,
    mark_refunded,
    refundable_cents,
    refundable_to_buyer,
    waive_for,
)
from billing.payments.bookings import (
    book_refund_done,
    book_refund_requested,
    book_refund_returned,
    book_refund_unborne,
    book_refund_unfound,
)
from billing.payments.errors import (
    NothingToRefund,
    PaymentDisputed,
    RefundNotRetryable,
    RefundTooLarge,
)
from billing.payments.faults import REFUND_CALLED, REFUND_FETCHED, REFUND_LOOKED_UP, REFUND_SAVED
from billing.payments.gateways.base import Declined, InvalidRequest, RefundSeen
from billing.payments.gateways.directory import gateway_for
from billing.payments.lifecycle import PAYMENT, REFUND, DisputeState, PaymentState, RefundState
from billing.payments.locking import lock_payment
from billing.payments.models import Bearer, Payment, Refund, RefundOrigin
from billing.payments.operations.foreign_refunds import (
    adopt_found,
    borne_cents,
    count_borne,
    given_first,
    is_borne,
    refund_by_bank,
    taken_by_bank_cents,
    unadopted_cents,
)
from kernel.faults import fault_point
from kernel.outbox.operations import enqueue

KEYS_LIVE = timedelta(hours=23)


def remaining_cents(payment: Payment) -> int:
    """What of a payment is not given back nor on its way, in cents; failed attempts still count as due."""
    given = payment.refunds.filter(retry=None, split_at=None).aggregate(sum=Sum("amount_cents"))["sum"] or 0
    return payment.received_cents - given


def returnable_cents(payment: Payment, item: ChargeItem) -> int:
    """What of a payment can still be booked as given back for an item, in cents: by a refund to come, or by
    one that was made without us."""
    if payment.state == PaymentState.CHARGED_BACK:
        return taken_by_bank_cents(payment)
    return remaining_cents(payment) + unadopted_cents(payment, item) + borne_cents(payment)


@transaction.atomic
def refund_items(
    *,
    item_keys: Sequence[str],
    bearer: str,
    reason: str,
    release_key: str | None = None,
    amount_cents: int | None = None,
) -> list[Refund]:
    """Give back what is still held for items of one charge (or for one release of one item).

    `amount_cents` incl. VAT, when given for a single item, must be what is held. The parts are cancelled
    and the debt is booked now; the gateway is called after the commit. Takes the lock of the charge. The
    buyer gets what it paid; the aid in it goes back to its budget, and where aid paid all there is no refund.
    Of a charge in instalments what is not paid yet is asked for less first, and money comes out of the
    newest payment first.
    Money that the gateway gave back without us, or that the buyer's bank took back, is not given twice: it
    counts as a refund, and only the rest is asked for.
    Raises NothingToRefund, RefundTooLarge, PaymentDisputed, ChargeNotPaid, RefundAmountMismatch.
    """
    keys = list(dict.fromkeys(item_keys))
    if not keys or ((release_key is not None or amount_cents is not None) and len(keys) != 1):
        raise TypeError("release_key and amount_cents belong to exactly one item")
    found = list(ChargeItem.objects.filter(key__in=keys).order_by("position"))
    if len(found) != len(keys) or len({item.charge_id for item in found}) != 1:
        raise NothingToRefund
    charge = lock_charge(charge_id=found[0].charge_id)
    payments = list(
        Payment.objects.select_for_update(of=("self",))
        .filter(charge=charge, state__in=(PaymentState.SUCCEEDED, PaymentState.CHARGED_BACK))
        .order_by("-state", "-pk")
    )
    if not payments and charge.to_pay_cents:
        raise NothingToRefund
    for payment in payments:
        payment.charge = charge
    items = ChargeItem.objects.select_for_update(of=("self",)).filter(pk__in=[item.pk for item in found])
    refunds = []
    for item in items.order_by("position"):
        item.charge = charge
        release = _release_of(item, release_key)
        cents = refundable_cents(item, release) if amount_cents is None else amount_cents
        if cents <= 0:
            raise NothingToRefund
        to_buyer = waive_for(charge=charge, cents=refundable_to_buyer(item, release))
        if payments and to_buyer:
            refunds += _from_payments(
                given_first(payments, item),
                to_buyer,
                charge_item=item,
                release_key=release_key or "",
                bearer=bearer,
                reason=reason,
            )
        mark_refunded(item=item, amount_cents=cents, release=release, returned_cents=to_buyer)
    for refund in refunds:
        book_refund_requested(refund)
    return refunds


def _from_payments(
    payments: Sequence[Payment], cents: int, *, charge_item: ChargeItem, **values: Any
) -> list[Refund]:
    """Refunds of `cents` out of the payments of a charge, in their order, as far as each still holds.

    Raises as `request_refund`.
    """
    refunds: list[Refund] = []
    for position, payment in enumerate(payments, start=1):
        last = position == len(payments)
        share = cents if last else min(cents, returnable_cents(payment, charge_item))
        if share > 0:
            refunds += request_refund(payment, share, charge_item=charge_item, **values)
            cents -= share
    return refunds


def _release_of(item: ChargeItem, key: str | None) -> ChargeRelease | None:
    """The release of that key, None when no key is given. Raises NothingToRefund."""
    if key is None:
        return None
    release = ChargeRelease.objects.filter(item=item, key=key).first()
    if release is None:
        raise NothingToRefund
    return release


@transaction.atomic
def give_back_payment(*, payment_id: int, reason: str) -> Refund:
    """Give back all of a payment that does not pay its charge (too late, twice, of another amount).

    Raises NothingToRefund when it pays the charge, or is given back already.
    """
    payment = lock_payment(payment_id=payment_id)
    cents = remaining_cents(payment)
    if payment.state not in {PaymentState.OWED_BACK, PaymentState.QUARANTINED} or cents <= 0:
        raise NothingToRefund
    (refund,) = request_refund(payment, cents, charge_item=None, bearer=Bearer.OPERATOR, reason=reason)
    return refund


@transaction.atomic
def retry_refund(*, refund_id: int) -> Refund:
    """A new attempt in place of a failed one. Raises RefundNotRetryable."""
    charge_id = Refund.objects.values_list("payment__charge_id", flat=True).get(pk=refund_id)
    charge = lock_charge(charge_id=charge_id)
    failed = Refund.objects.select_for_update(of=("self",)).select_related("payment").get(pk=refund_id)
    if (
        failed.state != RefundState.FAILED
        or is_borne(failed)
        or Refund.objects.filter(retry_of=failed).exists()
    ):
        raise RefundNotRetryable
    failed.payment.charge = charge
    return _insert(
        failed.payment,
        amount_cents=failed.amount_cents,
        charge_item=failed.charge_item,
        release_key=failed.release_key,
        bearer=failed.bearer,
        reason=failed.reason,
        retry_of=failed,
    )


def send_refund(*, refund_id: int) -> Refund:
    """Ask the gateway for a refund under its saved key, or for its state if it was asked before.

    Must be called outside a transaction. Raises OutcomeUnknown when the gateway does not answer.
    """
    refund = Refund.objects.select_related("payment__account").get(pk=refund_id)
    if refund.gateway_refund_id or refund.state != RefundState.REQUESTED:
        return apply_refund(refund_id=refund_id)
    gateway = gateway_for(refund.payment.account)
    metadata = {"refund": str(refund.public_id)}
    fault_point(REFUND_SAVED)
    try:
        seen = None
        if timezone.now() - refund.requested_at > KEYS_LIVE:
            seen = gateway.find_refund(charge=refund.payment.gateway_charge_id, metadata=metadata)
            fault_point(REFUND_LOOKED_UP)
        if seen is None:
            seen = gateway.create_refund(
                charge=refund.payment.gateway_charge_id,
                amount_cents=refund.amount_cents,
                metadata=metadata,
                idempotency_key=refund.idempotency_key,
            )
    except (Declined, InvalidRequest) as error:
        return apply_refund_state(refund_id=refund_id, failure_code=error.code or "refused")
    fault_point(REFUND_CALLED)
    return apply_refund_state(refund_id=refund_id, seen=seen)


def apply_refund(*, refund_id: int) -> Refund:
    """Fetch a refund from the gateway and apply its state. Raises OutcomeUnknown."""
    refund = Refund.objects.select_related("payment__account").get(pk=refund_id)
    seen = _ask(refund)
    return refund if seen is None else apply_refund_state(refund_id=refund_id, seen=seen)


def _ask(refund: Refund) -> RefundSeen | None:
    """The refund as the gateway knows it; None when it was never asked for it."""
    gateway = gateway_for(refund.payment.account)
    if refund.gateway_refund_id:
        seen: RefundSeen | None = gateway.fetch_refund(refund.gateway_refund_id)
    else:
        seen = gateway.find_refund(
            charge=refund.payment.gateway_charge_id, metadata={"refund": str(refund.public_id)}
        )
    fault_point(REFUND_FETCHED)
    return seen


def waiting_at_gateway_cents() -> int:
    """Cents of our refunds that the gateway itself says wait for the bank.

    It takes them out of its balance when it is asked, the ledger when they are done. Must be called outside
    a transaction; stores nothing. Raises the gateway's errors.
    """
    waiting = 0
    open_ones = Refund.objects.filter(state__in=(RefundState.REQUESTED, RefundState.PENDING))
    for refund in open_ones.select_related("payment__account").order_by("pk"):
        seen = _ask(refund)
        if seen is not None and seen.status == "pending":
            waiting += seen.amount_cents
    return waiting


@transaction.atomic
def apply_refund_state(*, refund_id: int, seen: RefundSeen | None = None, failure_code: str = "") -> Refund:
    """Bring a refund, its payment and the ledger to what the gateway says; told twice, it changes nothing."""
    charge_id = Refund.objects.values_list("payment__charge_id", flat=True).get(pk=refund_id)
    charge = lock_charge(charge_id=charge_id)
    refund = Refund.objects.select_for_update(of=("self",)).select_related("payment").get(pk=refund_id)
    refund.payment.charge = charge
    refund.checked_at = timezone.now()
    if seen is not None:
        refund.gateway_refund_id = refund.gateway_refund_id or seen.identifier
        failure_code = (seen.failure_reason or "failed") if seen.status == "failed" else ""
    if failure_code:
        _fail(refund, failure_code)
    elif seen is not None and seen.status == "succeeded":
        _finish(refund)
    elif seen is not None and refund.state == RefundState.REQUESTED:
        REFUND.apply(refund, "wait", "billing")
    refund.save()
    return refund


def _finish(refund: Refund) -> None:
    if refund.state not in {RefundState.REQUESTED, RefundState.PENDING}:
        return
    REFUND.apply(refund, "finish", "billing")
    refund.done_at = timezone.now()
    book_refund_done(refund)
    payment = refund.payment
    if payment.state in {PaymentState.OWED_BACK, PaymentState.QUARANTINED}:
        PAYMENT.apply(payment, "give_back", "billing")
        payment.save(update_fields=["state"])


def _fail(refund: Refund, code: str) -> None:
    if refund.state == RefundState.FAILED:
        return
    was_done = refund.state == RefundState.DONE
    REFUND.apply(refund, "fail", "billing")
    refund.failure_code = code[:80]
    if not was_done:
        return
    if refund.split_at is not None:
        for piece in refund.pieces.select_for_update(of=("self",)).order_by("pk"):
            piece.payment = refund.payment
            _fail(piece, code)
            piece.save()
        return
    if refund.origin == RefundOrigin.GATEWAY and refund.cleared_at is None:
        refund.cleared_at = timezone.now()
        book_refund_unfound(refund)
    elif is_borne(refund):
        book_refund_unborne(refund)
    else:
        book_refund_returned(refund)


def request_refund(
    payment: Payment,
    cents: int,
    *,
    charge_item: ChargeItem | None,
    bearer: str,
    reason: str,
    release_key: str = "",
) -> list[Refund]:
    """Write a refund of a locked payment of a locked charge and have it sent; books nothing.

    What the gateway gave back without us counts: those refunds come first, one for the rest after them.
    What the operator bears counts too, as far as the payment holds no more.
    Raises RefundTooLarge, PaymentDisputed while the buyer's bank has not decided.
    """
    values: dict[str, Any] = {
        "amount_cents": cents,
        "charge_item": charge_item,
        "release_key": release_key,
        "bearer": bearer,
        "reason": reason,
    }
    if payment.state == PaymentState.CHARGED_BACK:
        return [refund_by_bank(payment, **values)]
    amount_due = cents
    adopted = adopt_found(payment, **values) if charge_item is not None else []
    cents -= sum(refund.amount_cents for refund in adopted)
    if not cents:
        return adopted
    if payment.disputes.filter(state=DisputeState.OPEN).exists():
        raise PaymentDisputed
    left = remaining_cents(payment)
    if cents > left and charge_item is not None:
        adopted += count_borne(payment, **{**values, "amount_cents": cents - left})
        cents = amount_due - sum(refund.amount_cents for refund in adopted)
    if cents > left:
        raise RefundTooLarge(left=f"{left / 100:.2f} {payment.received_currency}")
    return [*adopted, _insert(payment, **{**values, "amount_cents": cents})] if cents else adopted


def _insert(payment: Payment, *, retry_of: Refund | None = None, **values: object) -> Refund:
    """Write the row with its deterministic key and have it sent after the commit; the charge is locked."""
    number = payment.refunds.count() + 1
    refund = Refund.objects.create(
        payment=payment,
        currency=payment.received_currency,
        idempotency_key=f"refund:{payment.idempotency_key}:{number}",
        retry_of=retry_of,
        **values,
    )
    enqueue("payments.send_refund", dedupe_key=f"refund:{refund.pk}", refund_id=refund.pk, round=1)
    return refund

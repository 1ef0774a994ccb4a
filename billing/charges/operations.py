"""What can be done with a charge; whoever touches its money holds its lock first.

`lock_charge` comes before every other lock of an operation (charge, order, lines, payouts, …). The
functions that take a `charge` expect it locked, inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from billing.charges import cofunding
from billing.charges.delivery import record_event
from billing.charges.errors import (
    ChargeNotFound,
    ChargeNotPaid,
    NothingToCharge,
    NothingToRefund,
    ReferenceTaken,
    RefundAmountMismatch,
)
from billing.charges.inputs import ChargeItemInput, InstalmentInput
from billing.charges.instalments import (
    end_instalments,
    open_instalments,
    require_all_paid,
    settle_if_all_paid,
    waive,
)
from billing.charges.lifecycle import CHARGE, RELEASE, ChargeState, ReleaseState
from billing.charges.models import Charge, ChargeItem, ChargeRelease
from billing.charges.pricing import price_items
from billing.charges.storage import store_items
from billing.charges.vat import load_rates
from billing.events import CHARGE_LAPSED, CHARGE_PAID, CHARGE_PAYMENT_FAILED, CHARGE_REFUNDED
from kernel.outbox.operations import enqueue
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date
from tenants.parties.snapshots import party_snapshot

if TYPE_CHECKING:
    from tenants.parties.models import Party


@transaction.atomic
def open_charge(
    *,
    reference: str,
    buyer: Party,
    items: Sequence[ChargeItemInput],
    expires_at: datetime | None = None,
    instalments: Sequence[InstalmentInput] = (),
    cofund: cofunding.Decide | None = None,
    stored: Callable[[Charge, list[ChargeRelease]], None] | None = None,
) -> Charge:
    """Open a charge and freeze every amount of it for today's legal date.

    `expires_at` is the UTC instant after which an unpaid charge lapses (`payments.expire_charge` sees to
    it); a charge that aid pays whole has none: `settle_funded` makes it paid. `cofund` says which programme
    pays how much of each release, `stored` is told the rows that carry it; both are funding's. An item that
    programmes help to pay has the commission of its `commission_with`.
    `instalments` divides what is left to pay; without any it is paid at once.
    Raises ReferenceTaken, InstalmentsDiffer, and whatever `price_items` refuses.
    """
    if not items:
        raise NothingToCharge(description=reference)
    now = timezone.now()
    on = legal_date(current_tenant(), now)
    rates = load_rates(on)
    priced = price_items(buyer=buyer, items=items, on=on, rates=rates)
    shares = cofund(priced) if cofund is not None else {}
    aided = _with_aid(items, shares)
    if aided is not None:
        priced = price_items(buyer=buyer, items=aided, on=on, rates=rates)
    cofunded = sum(share.cents for parts in shares.values() for share in parts)
    if cofunded == priced.incl_cents:
        expires_at = None
    try:
        with transaction.atomic():
            charge = Charge.objects.create(
                reference=reference,
                buyer=buyer,
                buyer_snapshot=party_snapshot(buyer, on),
                excl_cents=priced.excl_cents,
                vat_cents=priced.vat_cents,
                incl_cents=priced.incl_cents,
                cofunded_cents=cofunded,
                to_pay_cents=priced.incl_cents - cofunded,
                opened_at=now,
                priced_on=on,
                expires_at=expires_at,
            )
            releases = store_items(charge, priced, shares)
            open_instalments(charge=charge, wanted=instalments)
    except IntegrityError as error:
        taken = Charge.objects.filter(reference=reference).exists()
        if taken or ChargeItem.objects.filter(key__in=[item.key for item in items]).exists():
            raise ReferenceTaken(reference=reference) from error
        raise
    if stored is not None:
        stored(charge, releases)
    if expires_at is not None:
        enqueue("payments.expire_charge", due_at=expires_at, charge_id=charge.pk)
    return charge


def _with_aid(items: Sequence[ChargeItemInput], shares: cofunding.Cofunding) -> list[ChargeItemInput] | None:
    """The items with the commission that holds with their programmes; None where aid changes none.

    What the buyer and the programmes pay does not hang on the commission: the shares stay right.
    """
    programmes: dict[str, set[str]] = {}
    for (item_key, _release_key), parts in shares.items():
        programmes.setdefault(item_key, set()).update(share.programme for share in parts if share.cents)
    aided = [
        replace(item, commission=item.commission_with(programmes[item.key]))
        if item.commission_with is not None and programmes.get(item.key)
        else item
        for item in items
    ]
    same = all(new.commission == old.commission for new, old in zip(aided, items, strict=True))
    return None if same else aided


def lock_charge(*, reference: str | None = None, charge_id: int | None = None) -> Charge:
    """The charge, locked until the caller's transaction ends; found by its reference or by its key.

    Raises ChargeNotFound; raises TransactionManagementError outside a transaction.
    """
    if (reference is None) == (charge_id is None):
        raise TypeError("lock_charge takes either reference or charge_id")
    wanted = {"reference": reference} if charge_id is None else {"pk": charge_id}
    charge = Charge.objects.select_for_update(of=("self",)).filter(**wanted).first()
    if charge is None:
        raise ChargeNotFound()
    return charge


@transaction.atomic
def settle_charge(*, charge: Charge, paid_at: datetime) -> None:
    """Received money covers what is to pay: the charge is paid, CHARGE_PAID is written and delivered.

    A lapsed charge that turns out paid becomes paid too; one that is paid already stays as it is.
    Raises TransitionRefused for a cancelled charge: the caller owes the money back.
    """
    if charge.state == ChargeState.PAID:
        return
    was_lapsed = charge.state == ChargeState.LAPSED
    unfunded = cofunding.revive(charge) if was_lapsed else frozenset()
    CHARGE.apply(charge, "settle", "billing")
    charge.paid_at = paid_at
    charge.ended_at = None
    charge.end_reason = ""
    charge.save(update_fields=["state", "paid_at", "ended_at", "end_reason"])
    record_event(
        charge,
        CHARGE_PAID,
        paid_at=paid_at.isoformat(),
        was_lapsed=was_lapsed,
        unfunded=sorted(unfunded),
    )


@transaction.atomic
def settle_funded(*, reference: str) -> Charge:
    """A charge of which aid pays all is paid at once, without a payment; another one stays as it is.

    Takes its lock. Raises ChargeNotFound, TransitionRefused.
    """
    charge = lock_charge(reference=reference)
    if charge.to_pay_cents == 0 and charge.state == ChargeState.AWAITING_PAYMENT:
        settle_charge(charge=charge, paid_at=timezone.now())
    return charge


@transaction.atomic
def fail_charge_payment(*, charge: Charge, code: str) -> None:
    """One attempt to pay failed: the charge waits on, CHARGE_PAYMENT_FAILED is written and delivered."""
    record_event(charge, CHARGE_PAYMENT_FAILED, code=code)


@transaction.atomic
def lapse_charge(*, charge: Charge) -> None:
    """The charge was not paid in time; its parts stay held, for a payment may still turn up, their aid not.

    Raises TransitionRefused unless it awaits payment.
    """
    CHARGE.apply(charge, "lapse", "billing")
    end_instalments(charge=charge, transition="lapse")
    charge.ended_at = timezone.now()
    charge.end_reason = "unpaid"
    charge.save(update_fields=["state", "ended_at", "end_reason"])
    if charge.cofunded_cents:
        cofunding.free(charge, list(ChargeRelease.objects.filter(item__charge=charge)))
    record_event(charge, CHARGE_LAPSED)


@transaction.atomic
def cancel_charge(*, reference: str, reason: str) -> Charge:
    """Cancel a charge that was not paid; takes its lock. Raises ChargeNotFound, TransitionRefused."""
    charge = lock_charge(reference=reference)
    CHARGE.apply(charge, "cancel", "billing")
    end_instalments(charge=charge, transition="cancel")
    charge.ended_at = timezone.now()
    charge.end_reason = reason[:255]
    charge.save(update_fields=["state", "ended_at", "end_reason"])
    _cancel_releases(charge, list(ChargeRelease.objects.filter(item__charge=charge, state=ReleaseState.HELD)))
    enqueue("payments.close_pages", charge_id=charge.pk)
    return charge


def refundable_cents(item: ChargeItem, release: ChargeRelease | None = None) -> int:
    """What of an item (or of one of its releases) is still held and can be given back, cents incl. VAT."""
    return sum(part.incl_cents for part in _held_parts(item, release))


def refundable_to_buyer(item: ChargeItem, release: ChargeRelease | None = None) -> int:
    """What of it the buyer paid: without the aid, which goes back to its budget, in cents."""
    return sum(part.paid_cents for part in _held_parts(item, release))


@transaction.atomic
def mark_refunded(
    *,
    item: ChargeItem,
    amount_cents: int,
    release: ChargeRelease | None = None,
    returned_cents: int | None = None,
) -> None:
    """A refund of the held parts of an item (or of one release) was started: the parts are cancelled.

    `amount_cents` incl. VAT must be `refundable_cents`; `returned_cents` is the money in it, where
    instalments that were not paid yet took some (`waive_for`). CHARGE_REFUNDED is written and delivered.
    The charge of the item is locked by the caller.
    Raises ChargeNotPaid, NothingToRefund, RefundAmountMismatch.
    """
    charge = item.charge
    if charge.state not in {ChargeState.PAID, ChargeState.PART_PAID}:
        raise ChargeNotPaid()
    parts = _held_parts(item, release)
    if not parts:
        raise NothingToRefund()
    if amount_cents != sum(part.incl_cents for part in parts):
        raise RefundAmountMismatch()
    _cancel_releases(charge, parts)
    item.refunded_cents += amount_cents
    item.save(update_fields=["refunded_cents"])
    record_event(
        charge,
        CHARGE_REFUNDED,
        item_key=item.key,
        release_keys=[part.key for part in parts],
        amount_cents=sum(part.paid_cents for part in parts) if returned_cents is None else returned_cents,
    )
    settle_if_all_paid(charge=charge, paid_at=timezone.now())


def waive_for(*, charge: Charge, cents: int) -> int:
    """Before parts worth `cents` to the buyer are cancelled: what of it was received and is to be given back.

    Of a charge paid in part what is not paid yet shrinks first, and its open page is closed.
    """
    returned = waive(charge=charge, cents=cents)
    if returned != cents:
        enqueue("payments.close_pages", dedupe_key=f"close_pages:{charge.pk}", charge_id=charge.pk)
    return returned


@transaction.atomic
def mark_released(*, release: ChargeRelease, released_at: datetime) -> None:
    """A held part is approved; payouts call this under the lock of the charge.

    Money leaves only when all of it was received, so releases never exceed it.
    Raises ChargeNotPaid, BalanceOpen, TransitionRefused when the part is not held any more.
    """
    require_all_paid(release.item.charge)
    RELEASE.apply(release, "release", "billing")
    release.released_at = released_at
    release.save(update_fields=["state", "released_at"])


def _held_parts(item: ChargeItem, release: ChargeRelease | None) -> list[ChargeRelease]:
    parts = ChargeRelease.objects.filter(item=item, state=ReleaseState.HELD).order_by("position")
    if release is not None:
        parts = parts.filter(pk=release.pk)
    return list(parts)


def _cancel_releases(charge: Charge, releases: list[ChargeRelease]) -> None:
    for release in releases:
        RELEASE.apply(release, "cancel", "billing")
        release.cancelled_at = timezone.now()
        release.save(update_fields=["state", "cancelled_at"])
    cofunding.free(charge, releases)

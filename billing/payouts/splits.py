"""A dispute over an item is decided: what of its price goes back to the buyer, and what its seller keeps."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Sum

from billing.charges.lifecycle import ReleaseState
from billing.charges.models import ChargeItem, ChargeRelease, ChargeReturn, ReturnBearer
from billing.charges.operations import lock_charge
from billing.charges.returns import returnable_cents
from billing.payments.operations.refunds import refund_items
from billing.payouts.errors import BearerNotPossible, ReasonMissing, ReleaseNotFound, SplitTooLarge
from billing.payouts.operations import release
from billing.payouts.refunds import possible_bearers, refund_released


@dataclass(frozen=True)
class Split:
    """How an item stands after a decision, in cents, all that was decided before included."""

    refunded_cents: int
    """Of the price incl. VAT: what was given up for the buyer."""
    to_buyer_cents: int
    """Of it what the buyer had paid."""
    to_funders_cents: int
    """Of it what public aid had paid: it goes back to its budget."""
    seller_cents: int
    """What the seller keeps, commission deducted."""
    commission_cents: int
    """What the operator keeps as commission, incl. VAT."""
    operator_cents: int
    """What the operator gives of its own."""


def disputable_cents(item_key: str) -> int:
    """What of an item's price (incl. VAT) was not given back yet. Raises ReleaseNotFound."""
    return sum(_left(part) for part in _parts(item_key))


def split_bearers(item_key: str) -> list[str]:
    """Who may bear what goes back to the buyer. Raises ReleaseNotFound."""
    return possible_bearers(_parts(item_key)[0])


@transaction.atomic
def decide_split(*, item_key: str, refund_cents: int, bearer: str, reason: str) -> Split:
    """Give `refund_cents` (incl. VAT) of an item back to its buyer and release the rest to its seller.

    What the seller bears is taken from the parts that are still held, the last first: a part that goes back
    whole is never released, so it has neither invoice nor commission; one that goes back in part is released
    and corrected. What the operator bears leaves the seller all of its price. Only then come the parts that
    were released before. Takes the lock of the charge.
    Raises ReleaseNotFound, ReasonMissing, BearerNotPossible, SplitTooLarge, ChargeNotPaid, and what refunds
    refuse.
    """
    if not reason.strip():
        raise ReasonMissing()
    _lock(item_key)
    parts = _parts(item_key)
    bearers = possible_bearers(parts[0])
    if bearer not in bearers:
        raise BearerNotPossible()
    if not 0 <= refund_cents <= sum(_left(part) for part in parts):
        raise SplitTooLarge()
    gesture = bearer == ReturnBearer.OPERATOR and len(bearers) > 1
    held = [part for part in parts if part.state == ReleaseState.HELD]
    left = refund_cents
    whole = sum(part.incl_cents for part in held)
    if held and not gesture and left >= whole:
        refund_items(item_keys=[item_key], bearer=bearer, reason=reason)
        held, left = [], left - whole
    for part in reversed(held):
        if not gesture and left >= part.incl_cents:
            refund_items(item_keys=[item_key], bearer=bearer, reason=reason, release_key=part.key)
            left -= part.incl_cents
            continue
        release(item_key=item_key, release_key=part.key)
        left -= _give_back(item_key, part.key, left, bearer, reason)
    for part in reversed(parts):
        if part.state == ReleaseState.RELEASED:
            left -= _give_back(item_key, part.key, left, bearer, reason)
    return _standing(item_key)


def preview_split(*, item_key: str, refund_cents: int, bearer: str) -> Split:
    """What `decide_split` would do, to the cent: it is done and undone. Raises as it does."""
    with transaction.atomic():
        split = decide_split(item_key=item_key, refund_cents=refund_cents, bearer=bearer, reason="preview")
        transaction.set_rollback(True)
    return split


def _lock(item_key: str) -> None:
    charge_id = ChargeItem.objects.filter(key=item_key).values_list("charge_id", flat=True).first()
    if charge_id is None:
        raise ReleaseNotFound()
    lock_charge(charge_id=charge_id)


def _parts(item_key: str) -> list[ChargeRelease]:
    found = ChargeRelease.objects.filter(item__key=item_key).select_related("item__seller")
    parts = list(found.order_by("position"))
    if not parts:
        raise ReleaseNotFound()
    return parts


def _left(part: ChargeRelease) -> int:
    return part.incl_cents if part.state == ReleaseState.HELD else returnable_cents(part)


def _give_back(item_key: str, release_key: str, wanted_cents: int, bearer: str, reason: str) -> int:
    part = ChargeRelease.objects.get(item__key=item_key, key=release_key)
    cents = min(wanted_cents, returnable_cents(part))
    if cents > 0:
        refund_released(
            item_key=item_key, release_key=release_key, amount_cents=cents, bearer=bearer, reason=reason
        )
    return max(cents, 0)


def _standing(item_key: str) -> Split:
    parts = _parts(item_key)
    released = [part for part in parts if part.state == ReleaseState.RELEASED]
    cancelled = [part for part in parts if part.state == ReleaseState.CANCELLED]
    returned = ChargeReturn.objects.filter(release__item__key=item_key)
    given = returned.aggregate(
        incl=Sum("incl_cents", default=0),
        aid=Sum("cofunded_cents", default=0),
        commission_excl=Sum("commission_excl_cents", default=0),
        commission_vat=Sum("commission_vat_cents", default=0),
    )
    corrected = returned.filter(corrects_sale=True).aggregate(incl=Sum("incl_cents", default=0))["incl"]
    commission_back = given["commission_excl"] + given["commission_vat"]
    refunded = given["incl"] + sum(part.incl_cents for part in cancelled)
    aid = given["aid"] + sum(part.cofunded_cents for part in cancelled)
    return Split(
        refunded_cents=refunded,
        to_buyer_cents=refunded - aid,
        to_funders_cents=aid,
        seller_cents=sum(part.net_cents for part in released) - (corrected - commission_back),
        commission_cents=sum(part.commission_incl_cents for part in released) - commission_back,
        operator_cents=given["incl"] - corrected,
    )

"""A refund made at the gateway that was for several things: staff say how much of it was for each."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Sum

from billing.charges.lifecycle import ReleaseState
from billing.charges.models import Charge, ChargeItem, ChargeRelease
from billing.charges.operations import refundable_to_buyer
from billing.charges.returns import price_return, returnable_cents
from billing.payments.models import Refund, RefundOrigin
from billing.payments.operations.foreign_refunds import Piece, bear_found, split_found
from billing.payouts.errors import ReasonMissing, ShareTooLarge
from billing.payouts.refunds import RefundPreview, possible_bearers, preview_refund, refund_released


@dataclass(frozen=True)
class Target:
    """What a refund can have been for: the held parts of an item, or one released part, in cents."""

    key: str
    item: ChargeItem
    release: ChargeRelease | None
    """Empty for what is held: it counts once the item is cancelled."""
    left_cents: int
    """What of it the buyer has paid and not got back."""


@dataclass(frozen=True)
class Share:
    """So much of the refund was for this; for a released part with what its refund does."""

    target: Target
    amount_cents: int
    preview: RefundPreview | None


def targets_of(charge: Charge) -> list[Target]:
    """What of a charge can still go back to its buyer, in the order of its items; pieces meant for an item
    already are taken off."""
    found = []
    meant = dict(
        Refund.objects.filter(payment__charge=charge, origin=RefundOrigin.GATEWAY, cleared_at=None)
        .filter(meant_for__isnull=False)
        .order_by()
        .values_list("meant_for")
        .annotate(sum=Sum("amount_cents"))
    )
    parts = ChargeRelease.objects.filter(item__charge=charge, state=ReleaseState.RELEASED)
    released: dict[int, list[ChargeRelease]] = {}
    for part in parts.select_related("item__seller", "item__charge").order_by("position"):
        released.setdefault(part.item_id, []).append(part)
    for item in ChargeItem.objects.filter(charge=charge).order_by("position"):
        held = refundable_to_buyer(item) - meant.get(item.pk, 0)
        if held > 0:
            found.append(Target(f"{item.position}", item, None, held))
        for part in released.get(item.pk, []):
            left = returnable_cents(part)
            if left:
                cents = price_return(release=part, amount_cents=left, corrects_sale=False).to_buyer_cents
                if cents:
                    found.append(Target(f"{item.position}-{part.position}", part.item, part, cents))
    return found


def price_shares(charge: Charge, amounts: dict[str, int], *, bearer: str) -> list[Share]:
    """The shares by keys of targets, each with what it does; nothing is stored.

    Raises ShareTooLarge. Of the space's own sale the operator bears, whoever is chosen for the others.
    """
    shares = []
    for target in targets_of(charge):
        cents = amounts.get(target.key, 0)
        if not cents:
            continue
        if not 0 < cents <= target.left_cents:
            raise ShareTooLarge(name=target.item.description)
        shares.append(Share(target, cents, _preview(target, cents, bearer)))
    if len(shares) != len([cents for cents in amounts.values() if cents]):
        raise ShareTooLarge(name="")
    return shares


@transaction.atomic
def split_found_refund(
    *, refund_id: int, amounts: dict[str, int], borne_cents: int, bearer: str, reason: str
) -> list[Refund]:
    """Say what a refund made at the gateway was for: cents by key of target, and what the operator bears.

    Released parts are refunded at the cost of `bearer` without giving the money twice; what was for held
    parts waits until their item is cancelled; the rest is borne. All of it happens or nothing. Takes the lock
    of the charge. Raises RefundAlreadyCleared, PaymentDisputed, SplitNotWhole, ShareTooLarge, ReasonMissing.
    """
    if not reason.strip():
        raise ReasonMissing()
    charge = Charge.objects.get(payments__refunds=refund_id)
    shares = price_shares(charge, amounts, bearer=bearer)
    pieces = [Piece(share.amount_cents, share.target.item) for share in shares]
    if borne_cents:
        pieces.append(Piece(borne_cents))
    made = split_found(refund_id=refund_id, pieces=pieces)
    if borne_cents:
        bear_found(refund_id=made[-1].pk)
    for share in shares:
        release = share.target.release
        if release is not None and share.preview is not None:
            refund_released(
                item_key=share.target.item.key,
                release_key=release.key,
                amount_cents=share.preview.priced.incl_cents,
                bearer=share.preview.bearer,
                reason=reason,
            )
    return made


def _preview(target: Target, cents: int, bearer: str) -> RefundPreview | None:
    """What giving these cents back to the buyer does to a released part, its aid in the stored proportion."""
    release = target.release
    if release is None:
        return None
    bearers = possible_bearers(release)
    return preview_refund(
        release=release,
        amount_cents=_price_of(release, cents),
        bearer=bearer if bearer in bearers else bearers[-1],
    )


def _price_of(release: ChargeRelease, to_buyer_cents: int) -> int:
    """The least price of which the buyer gets so much back: what it gets never shrinks as the price grows."""
    low, high = to_buyer_cents, returnable_cents(release)
    while low < high:
        middle = (low + high) // 2
        priced = price_return(release=release, amount_cents=middle, corrects_sale=False)
        low, high = (low, middle) if priced.to_buyer_cents >= to_buyer_cents else (middle + 1, high)
    return low

"""Giving back a part that was already released: how much of price, VAT, aid and commission that is.

Every share is rounded on the running total of all returns of the part, so that many partial returns sum to
exactly what one whole return would have given, and none differs from its proportion by more than a cent.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum

from billing.charges.delivery import record_event
from billing.charges.errors import NothingToRefund, RefundAmountMismatch
from billing.charges.lifecycle import ReleaseState
from billing.charges.models import ChargeRelease, ChargeReturn, ChargeReturnVat
from billing.events import CHARGE_RETURNED
from kernel.money import round_half_up


@dataclass(frozen=True)
class ReturnVat:
    """Share of a return in one VAT category at one rate, in cents."""

    category: str
    rate: Decimal
    base_cents: int
    vat_cents: int


@dataclass(frozen=True)
class PricedReturn:
    """What a return is made of, in cents, before it is stored."""

    incl_cents: int
    excl_cents: int
    vat_cents: int
    cofunded_cents: int
    commission_excl_cents: int
    commission_vat_cents: int
    vat: tuple[ReturnVat, ...]
    left_cents: int
    """What can still be returned of the part after this."""

    @property
    def commission_incl_cents(self) -> int:
        """Commission given back, incl. VAT."""
        return self.commission_excl_cents + self.commission_vat_cents

    @property
    def to_buyer_cents(self) -> int:
        """What goes back to the buyer."""
        return self.incl_cents - self.cofunded_cents


def returnable_cents(release: ChargeRelease) -> int:
    """What of a released part was not given back yet, cents incl. VAT."""
    if release.state != ReleaseState.RELEASED:
        return 0
    return release.incl_cents - _given(release)


def price_return(*, release: ChargeRelease, amount_cents: int, corrects_sale: bool) -> PricedReturn:
    """The shares of a return of `amount_cents` incl. VAT.

    Where the sale is not corrected (a gesture of the operator) there is neither VAT nor commission in it.
    Raises NothingToRefund, RefundAmountMismatch (more than is left).
    """
    left = returnable_cents(release)
    if left <= 0:
        raise NothingToRefund()
    if not 0 < amount_cents <= left:
        raise RefundAmountMismatch()
    before_all = _given(release)
    _paid, cofunded = _step(
        before_all, amount_cents, [release.incl_cents - release.cofunded_cents, release.cofunded_cents]
    )
    if not corrects_sale:
        return PricedReturn(amount_cents, amount_cents, 0, cofunded, 0, 0, (), left - amount_cents)
    before = _given(release, corrects_sale=True)
    vat = _vat_shares(release, before, amount_cents)
    commission_excl, commission_vat = _commission_shares(release, before, amount_cents)
    return PricedReturn(
        incl_cents=amount_cents,
        excl_cents=sum(share.base_cents for share in vat),
        vat_cents=sum(share.vat_cents for share in vat),
        cofunded_cents=cofunded,
        commission_excl_cents=commission_excl,
        commission_vat_cents=commission_vat,
        vat=vat,
        left_cents=left - amount_cents,
    )


@transaction.atomic
def mark_returned(
    *,
    release: ChargeRelease,
    amount_cents: int,
    bearer: str,
    corrects_sale: bool,
    reason: str,
    at: datetime,
    on: date,
) -> ChargeReturn:
    """Store a return of a released part; CHARGE_RETURNED is written and delivered.

    The charge is locked by the caller and set on `release.item`. Raises NothingToRefund,
    RefundAmountMismatch.
    """
    priced = price_return(release=release, amount_cents=amount_cents, corrects_sale=corrects_sale)
    made = ChargeReturn.objects.create(
        release=release,
        position=release.returns.count() + 1,
        bearer=bearer,
        corrects_sale=corrects_sale,
        reason=reason[:500],
        excl_cents=priced.excl_cents,
        vat_cents=priced.vat_cents,
        incl_cents=priced.incl_cents,
        cofunded_cents=priced.cofunded_cents,
        commission_excl_cents=priced.commission_excl_cents,
        commission_vat_cents=priced.commission_vat_cents,
        returned_at=at,
        returned_on=on,
    )
    _store_vat(made, priced.vat)
    item = release.item
    item.refunded_cents += amount_cents
    item.save(update_fields=["refunded_cents"])
    record_event(
        item.charge,
        CHARGE_RETURNED,
        item_key=item.key,
        release_key=release.key,
        amount_cents=priced.to_buyer_cents,
        is_whole=item.refunded_cents == item.incl_cents,
    )
    return made


@dataclass(frozen=True)
class MovedVat:
    """What restating returns moved from amounts excl. VAT to VAT, in cents, over all returns of a part."""

    sale_cents: int
    commission_cents: int


@transaction.atomic
def restate_returns(*, release: ChargeRelease) -> MovedVat:
    """Divide the returns of a part anew after its VAT was restated: amounts incl. VAT stay as they were.

    Returns that do not correct the sale hold no VAT. The charge is locked by the caller.
    """
    before = commission_before = sale = commission = 0
    wholes = [release.commission_excl_cents, release.commission_vat_cents]
    for made in release.returns.filter(corrects_sale=True).order_by("position"):
        shares = _vat_shares(release, before, made.incl_cents)
        excl, vat = made.commission_excl_cents, made.commission_vat_cents
        if release.restated_commission_rate is not None:
            excl, vat = _step(commission_before, made.commission_incl_cents, wholes)
        before += made.incl_cents
        commission_before += made.commission_incl_cents
        taxes = sum(share.vat_cents for share in shares)
        sale += taxes - made.vat_cents
        commission += vat - made.commission_vat_cents
        made.excl_cents, made.vat_cents = made.incl_cents - taxes, taxes
        made.commission_excl_cents, made.commission_vat_cents = excl, vat
        made.save(update_fields=["excl_cents", "vat_cents", "commission_excl_cents", "commission_vat_cents"])
        made.vat_breakdown.all().delete()
        _store_vat(made, shares)
    return MovedVat(sale, commission)


def _store_vat(made: ChargeReturn, shares: Sequence[ReturnVat]) -> None:
    ChargeReturnVat.objects.bulk_create(
        ChargeReturnVat(
            charge_return=made,
            vat_category=share.category,
            vat_rate=share.rate,
            base_cents=share.base_cents,
            vat_cents=share.vat_cents,
        )
        for share in shares
    )


def _given(release: ChargeRelease, **wanted: bool) -> int:
    return release.returns.filter(**wanted).aggregate(total=Sum("incl_cents"))["total"] or 0


def _commission_shares(release: ChargeRelease, before: int, amount: int) -> tuple[int, int]:
    """What the next `amount`, after `before`, takes of the commission: excl. VAT and VAT."""
    wholes = [release.commission_excl_cents, release.commission_vat_cents]
    if release.restated_commission_rate is None:
        excl, vat, _net = _step(before, amount, [*wholes, release.net_cents])
        return excl, vat
    # Earlier returns were rounded under another VAT: the running total goes on from what they gave.
    told = release.returns.aggregate(excl=Sum("commission_excl_cents"), vat=Sum("commission_vat_cents"))
    given = (told["excl"] or 0) + (told["vat"] or 0)
    reached = _reached(before + amount, [release.commission_incl_cents, release.net_cents])[0]
    excl, vat = _step(given, max(0, reached - given), wholes)
    return excl, vat


def _reached(upto: int, wholes: Sequence[int]) -> list[int]:
    """Divide `upto` of the sum of `wholes` among them, one against the rest each time.

    Each division rounds a growing number once, so no share ever shrinks when `upto` grows, and all of
    them are whole when it is.
    """
    shares, left, rest = [], upto, sum(wholes)
    for whole in wholes:
        one = round_half_up(Decimal(whole * left) / Decimal(rest)) if rest else 0
        shares.append(one)
        left, rest = left - one, rest - whole
    return shares


def _step(before: int, amount: int, wholes: Sequence[int]) -> list[int]:
    """What the next `amount`, after `before`, takes of each of `wholes`."""
    return [
        end - start
        for end, start in zip(_reached(before + amount, wholes), _reached(before, wholes), strict=True)
    ]


def _vat_shares(release: ChargeRelease, before: int, amount: int) -> tuple[ReturnVat, ...]:
    rows = list(release.vat_breakdown.all())
    wholes = [row.base_cents + row.vat_cents for row in rows]
    shares = []
    for row, start, end in zip(
        rows, _reached(before, wholes), _reached(before + amount, wholes), strict=True
    ):
        if end > start:
            base, vat = _step(start, end - start, [row.base_cents, row.vat_cents])
            shares.append(ReturnVat(row.vat_category, row.vat_rate, base, vat))
    return tuple(shares)

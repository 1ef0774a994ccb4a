"""Pricing: one pure computation for what is shown, charged, paid out and invoiced."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import prefetch_related_objects

from billing.charges.errors import LineInvalid, NothingToCharge, ReleaseTooSmall, SellerIsBuyer
from billing.charges.inputs import ChargeItemInput, ChargeLineInput, VatKind
from billing.charges.vat import (
    Place,
    VatRates,
    VatTreatment,
    load_rates,
    place_of_supply,
    vat_treatment,
)
from billing.commission.terms import compute_commission, spread_commission
from kernel.money import allocate, line_amount_cents, vat_cents
from tenants.parties.queries import operator_party

if TYPE_CHECKING:
    from tenants.parties.models import Party

HUNDRED = Decimal(100)
NO_VAT = VatTreatment("E", Decimal("0.00"))


@dataclass(frozen=True)
class PricedLine:
    """A line with its treatment and its amount excl. VAT in cents."""

    line: ChargeLineInput
    treatment: VatTreatment
    excl_cents: int


@dataclass(frozen=True)
class PricedVat:
    """VAT in one category at one rate."""

    category: str
    rate: Decimal
    base_cents: int
    vat_cents: int


@dataclass(frozen=True)
class PricedRelease:
    """A part of an item; `shares` holds its part of each line, excl. VAT, in the order of the lines."""

    key: str
    label: str
    weight: int
    shares: tuple[int, ...]
    vat_breakdown: tuple[PricedVat, ...]
    excl_cents: int
    vat_cents: int
    commission_excl_cents: int
    commission_vat_cents: int

    @property
    def incl_cents(self) -> int:
        """Amount incl. VAT in cents."""
        return self.excl_cents + self.vat_cents

    @property
    def net_cents(self) -> int:
        """What the seller gets, in cents."""
        return self.incl_cents - self.commission_excl_cents - self.commission_vat_cents


@dataclass(frozen=True)
class PricedItem:
    """An item with everything that is stored of it."""

    item: ChargeItemInput
    place: Place
    lines: tuple[PricedLine, ...]
    releases: tuple[PricedRelease, ...]
    commission_treatment: VatTreatment

    @property
    def excl_cents(self) -> int:
        """Amount excl. VAT in cents."""
        return sum(release.excl_cents for release in self.releases)

    @property
    def vat_cents(self) -> int:
        """VAT in cents: the sum of what each release will be invoiced with."""
        return sum(release.vat_cents for release in self.releases)

    @property
    def incl_cents(self) -> int:
        """Amount incl. VAT in cents."""
        return self.excl_cents + self.vat_cents

    @property
    def commission_excl_cents(self) -> int:
        """Commission excl. VAT in cents."""
        return sum(release.commission_excl_cents for release in self.releases)

    @property
    def commission_vat_cents(self) -> int:
        """VAT on the commission in cents."""
        return sum(release.commission_vat_cents for release in self.releases)

    @property
    def net_cents(self) -> int:
        """What the seller gets for all parts, in cents."""
        return self.incl_cents - self.commission_excl_cents - self.commission_vat_cents


@dataclass(frozen=True)
class PricedCharge:
    """What all items cost together, before any co-funding."""

    items: tuple[PricedItem, ...]
    on: date

    @property
    def excl_cents(self) -> int:
        """Amount excl. VAT in cents."""
        return sum(item.excl_cents for item in self.items)

    @property
    def vat_cents(self) -> int:
        """VAT in cents."""
        return sum(item.vat_cents for item in self.items)

    @property
    def incl_cents(self) -> int:
        """Amount incl. VAT in cents."""
        return self.excl_cents + self.vat_cents

    @property
    def vat_by_rate(self) -> tuple[PricedVat, ...]:
        """VAT of all releases summed by category and rate, highest rate first."""
        sums: dict[tuple[str, Decimal], list[int]] = defaultdict(lambda: [0, 0])
        for item in self.items:
            for release in item.releases:
                for part in release.vat_breakdown:
                    entry = sums[part.category, part.rate]
                    entry[0] += part.base_cents
                    entry[1] += part.vat_cents
        return tuple(
            PricedVat(category, rate, base, vat)
            for (category, rate), (base, vat) in sorted(
                sums.items(), key=lambda pair: (-pair[0][1], pair[0][0])
            )
        )


def price_items(
    *,
    buyer: Party | None,
    items: Sequence[ChargeItemInput],
    on: date,
    rates: VatRates | None = None,
    operator: Party | None = None,
) -> PricedCharge:
    """Price items for a legal date, storing nothing: what is shown is what is charged.

    A caller that prices many cards passes `rates` (from `load_rates`) and `operator` once.
    Raises NothingToCharge, LineInvalid, ReleaseTooSmall, SellerIsBuyer, VatRegimeUnknown, VatRateUnknown.
    """
    if buyer is not None and any(item.seller.pk == buyer.pk for item in items):
        raise SellerIsBuyer()
    known = rates if rates is not None else load_rates(on)
    if operator is None and any(item.commission.rule_id is not None for item in items):
        operator = operator_party()
    sellers = [item.seller for item in items]
    prefetch_related_objects([*sellers, operator] if operator else sellers, "vat_regime_periods")
    return PricedCharge(
        items=tuple(_price_item(item, buyer=buyer, on=on, rates=known, operator=operator) for item in items),
        on=on,
    )


def _price_item(
    item: ChargeItemInput, *, buyer: Party | None, on: date, rates: VatRates, operator: Party | None
) -> PricedItem:
    if not item.lines or not item.releases or any(part.weight < 1 for part in item.releases):
        raise NothingToCharge(description=item.description)
    lines = tuple(_price_line(line, item.seller, buyer, on, rates) for line in item.lines)
    if not any(line.excl_cents for line in lines):
        raise NothingToCharge(description=item.description)
    weights = [part.weight for part in item.releases]
    spread = [allocate(line.excl_cents, weights) for line in lines]
    shares = [tuple(parts[position] for parts in spread) for position in range(len(weights))]
    bases = [sum(part) for part in shares]
    if 0 in bases:
        raise ReleaseTooSmall(label=item.releases[bases.index(0)].label)

    treatment = _commission_treatment(item, on=on, rates=rates, operator=operator)
    commissions = spread_commission(compute_commission(item.commission, sum(bases)), bases)
    releases = []
    for part, part_shares, base, due in zip(item.releases, shares, bases, commissions, strict=True):
        breakdown = _vat_breakdown(lines, part_shares)
        vat = sum(entry.vat_cents for entry in breakdown)
        kept = _within(due, treatment.rate, base + vat)
        releases.append(
            PricedRelease(
                key=part.key,
                label=part.label,
                weight=part.weight,
                shares=part_shares,
                vat_breakdown=breakdown,
                excl_cents=base,
                vat_cents=vat,
                commission_excl_cents=kept,
                commission_vat_cents=vat_cents(kept, treatment.rate),
            )
        )
    return PricedItem(
        item=item,
        place=place_of_supply(seller=item.seller, buyer=buyer),
        lines=lines,
        releases=tuple(releases),
        commission_treatment=treatment,
    )


def _price_line(
    line: ChargeLineInput, seller: Party, buyer: Party | None, on: date, rates: VatRates
) -> PricedLine:
    if line.quantity <= 0 or line.unit_price < 0:
        raise LineInvalid(description=line.description)
    if _decimals(line.quantity) > 3 or _decimals(line.unit_price) > 4:
        raise LineInvalid(description=line.description)
    treatment = vat_treatment(seller=seller, buyer=buyer, vat_kind=line.vat_kind, on=on, rates=rates)
    return PricedLine(line, treatment, line_amount_cents(line.quantity, line.unit_price))


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 99


def _vat_breakdown(lines: Sequence[PricedLine], shares: Sequence[int]) -> tuple[PricedVat, ...]:
    bases: dict[tuple[str, Decimal], int] = defaultdict(int)
    for line, share in zip(lines, shares, strict=True):
        bases[line.treatment.category, line.treatment.rate] += share
    return tuple(
        PricedVat(category, rate, base, vat_cents(base, rate))
        for (category, rate), base in sorted(bases.items(), key=lambda pair: (-pair[0][1], pair[0][0]))
    )


def _commission_treatment(
    item: ChargeItemInput, *, on: date, rates: VatRates, operator: Party | None
) -> VatTreatment:
    """VAT on the commission: a service of the operator to the seller, under the operator's own regime."""
    if operator is None or item.commission.rule_id is None:
        return NO_VAT
    return vat_treatment(seller=operator, buyer=item.seller, vat_kind=VatKind.STANDARD, on=on, rates=rates)


def _within(due_cents: int, rate: Decimal, ceiling_cents: int) -> int:
    """The commission excl. VAT, lowered where it would exceed, with its VAT, what the part is worth."""
    if due_cents + vat_cents(due_cents, rate) <= ceiling_cents:
        return due_cents
    kept = int(ceiling_cents * HUNDRED / (HUNDRED + rate))
    while kept + vat_cents(kept, rate) > ceiling_cents:
        kept -= 1
    return kept

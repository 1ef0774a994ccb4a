"""Another VAT on a part that was sold already: its price incl. VAT stands, what is inside of it moves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F

from billing.charges.models import (
    Charge,
    ChargeItem,
    ChargeLine,
    ChargeRelease,
    ChargeReleaseLine,
    ChargeReleaseVat,
)
from billing.charges.pricing import HUNDRED
from billing.charges.vat import VatTreatment
from kernel.money import allocate, round_half_up

Rate = tuple[str, Decimal]
"""EN 16931 category and rate in percent."""


@dataclass(frozen=True)
class VatRow:
    """VAT in one category at one rate, in cents; `inside_incl` when taken out of an amount incl. VAT."""

    category: str
    rate: Decimal
    base_cents: int
    vat_cents: int
    inside_incl: bool = False


@dataclass(frozen=True)
class ShareVat:
    """A line's share of a part, in cents excl. VAT, with its treatment."""

    treatment: VatTreatment
    excl_cents: int


@dataclass(frozen=True)
class PartVat:
    """All VAT of one part: shares in the order of the lines, breakdown, commission; in cents."""

    shares: tuple[ShareVat, ...]
    rows: tuple[VatRow, ...]
    commission: VatTreatment
    commission_excl_cents: int
    commission_vat_cents: int

    @property
    def excl_cents(self) -> int:
        """The part excl. VAT."""
        return sum(row.base_cents for row in self.rows)

    @property
    def vat_cents(self) -> int:
        """VAT of the part."""
        return sum(row.vat_cents for row in self.rows)


def out_of_incl(incl_cents: int, rate: Decimal) -> tuple[int, int]:
    """Base and VAT in cents of an amount incl. VAT; they sum to it, and no base would be nearer."""
    base = round_half_up(incl_cents * HUNDRED / (HUNDRED + rate))
    return base, incl_cents - base


def restated_part(part: PartVat, treatments: Sequence[VatTreatment], commission: VatTreatment) -> PartVat:
    """The same part under other treatments of its shares and of its commission.

    The sum incl. VAT and the commission incl. VAT stay, to the cent; what the treatments leave as it was
    keeps its amounts.
    """
    due = part.commission_excl_cents + part.commission_vat_cents
    kept = (part.commission_excl_cents, part.commission_vat_cents)
    if _rate(commission) != _rate(part.commission):
        kept = out_of_incl(due, commission.rate)
    excl, rows = _restated_shares(part, treatments)
    return PartVat(
        shares=tuple(ShareVat(new, cents) for new, cents in zip(treatments, excl, strict=True)),
        rows=rows,
        commission=commission,
        commission_excl_cents=kept[0],
        commission_vat_cents=kept[1],
    )


def part_vat(release: ChargeRelease) -> PartVat:
    """The stored VAT of a part, as its documents would say it now."""
    return PartVat(
        shares=tuple(
            ShareVat(VatTreatment(share.vat_category, share.vat_rate, share.exemption_key), share.excl_cents)
            for share in release.shares.select_related("line")
        ),
        rows=tuple(
            VatRow(row.vat_category, row.vat_rate, row.base_cents, row.vat_cents, row.inside_incl)
            for row in release.vat_breakdown.all()
        ),
        commission=VatTreatment(
            release.commission_category, release.commission_rate, release.commission_exemption_key
        ),
        commission_excl_cents=release.commission_excl_cents,
        commission_vat_cents=release.commission_vat_cents,
    )


def store_part_vat(*, release: ChargeRelease, to: PartVat) -> None:
    """Write the VAT of a part, and its difference up to line, item and charge. The charge is locked."""
    shares = list(release.shares.select_related("line"))
    for share, new in zip(shares, to.shares, strict=True):
        ChargeLine.objects.filter(pk=share.line_id).update(
            excl_cents=F("excl_cents") + new.excl_cents - share.excl_cents
        )
        told = VatTreatment(share.line.vat_category, share.line.vat_rate, share.line.exemption_key)
        if new.treatment != told:
            share.restated_category = new.treatment.category
            share.restated_rate = new.treatment.rate
            share.restated_key = new.treatment.wording
        share.excl_cents = new.excl_cents
    ChargeReleaseLine.objects.bulk_update(
        shares, ["excl_cents", "restated_category", "restated_rate", "restated_key"]
    )
    release.vat_breakdown.all().delete()
    ChargeReleaseVat.objects.bulk_create(
        ChargeReleaseVat(
            release=release,
            vat_category=row.category,
            vat_rate=row.rate,
            base_cents=row.base_cents,
            vat_cents=row.vat_cents,
            inside_incl=row.inside_incl,
        )
        for row in to.rows
    )
    _store_sums(release, to)


def _store_sums(release: ChargeRelease, to: PartVat) -> None:
    moved = to.vat_cents - release.vat_cents
    kept = to.commission_vat_cents - release.commission_vat_cents
    vat = {"excl_cents": F("excl_cents") - moved, "vat_cents": F("vat_cents") + moved}
    commission = {
        "commission_excl_cents": F("commission_excl_cents") - kept,
        "commission_vat_cents": F("commission_vat_cents") + kept,
    }
    ChargeItem.objects.filter(pk=release.item_id).update(**vat, **commission)
    Charge.objects.filter(items=release.item_id).update(**vat)
    item = release.item
    told = VatTreatment(item.commission_vat_category, item.commission_vat_rate, item.commission_exemption_key)
    if to.commission != told:
        release.restated_commission_category = to.commission.category
        release.restated_commission_rate = to.commission.rate
        release.restated_commission_key = to.commission.wording
    release.excl_cents, release.vat_cents = to.excl_cents, to.vat_cents
    release.commission_excl_cents = to.commission_excl_cents
    release.commission_vat_cents = to.commission_vat_cents
    release.save()


def _restated_shares(
    part: PartVat, treatments: Sequence[VatTreatment]
) -> tuple[list[int], tuple[VatRow, ...]]:
    before: dict[Rate, list[int]] = defaultdict(list)
    after: dict[Rate, list[int]] = defaultdict(list)
    for position, (share, new) in enumerate(zip(part.shares, treatments, strict=True)):
        before[_rate(share.treatment)].append(position)
        after[_rate(new)].append(position)
    known = {(row.category, row.rate): row for row in part.rows}
    excl = [share.excl_cents for share in part.shares]
    incl = _incl_of_shares(part, before, known)
    rows = []
    for rate, positions in after.items():
        if before.get(rate) == positions:
            rows.append(known[rate])
            continue
        base, vat = out_of_incl(sum(incl[position] for position in positions), rate[1])
        rows.append(VatRow(*rate, base, vat, inside_incl=True))
        spread = allocate(base, [incl[position] for position in positions]) if base else [0] * len(positions)
        for position, cents in zip(positions, spread, strict=True):
            excl[position] = cents
    return excl, tuple(sorted(rows, key=lambda row: (-row.rate, row.category)))


def _incl_of_shares(
    part: PartVat, groups: Mapping[Rate, Sequence[int]], known: Mapping[Rate, VatRow]
) -> list[int]:
    """What each share is incl. VAT: each row of the breakdown divided among its shares."""
    incl = [0] * len(part.shares)
    for rate, positions in groups.items():
        whole = known[rate].base_cents + known[rate].vat_cents
        if whole:
            weights = [part.shares[position].excl_cents for position in positions]
            for position, cents in zip(positions, allocate(whole, weights), strict=True):
                incl[position] = cents
    return incl


def _rate(treatment: VatTreatment) -> Rate:
    return treatment.category, treatment.rate

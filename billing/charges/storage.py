"""Storing a priced charge: every amount of the computation becomes a row."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Model

from billing.charges.cofunding import Cofunding, Share
from billing.charges.models import (
    Charge,
    ChargeItem,
    ChargeLine,
    ChargeRelease,
    ChargeReleaseLine,
    ChargeReleaseVat,
)
from billing.charges.pricing import PricedCharge, PricedItem
from tenants.parties.snapshots import party_snapshot


def store_items(charge: Charge, priced: PricedCharge, cofunding: Cofunding) -> list[ChargeRelease]:
    """Write items, lines, releases, shares and VAT breakdowns in one insert per table; the releases."""
    snapshots: dict[int, dict[str, object]] = {}
    for entry in priced.items:
        seller = entry.item.seller
        if seller.pk not in snapshots:
            snapshots[seller.pk] = party_snapshot(seller, priced.on)
    items = ChargeItem.objects.bulk_create(
        _item_row(charge, position, entry, snapshots[entry.item.seller.pk], cofunding)
        for position, entry in enumerate(priced.items, start=1)
    )
    lines = iter(
        ChargeLine.objects.bulk_create(
            row for item, entry in zip(items, priced.items, strict=True) for row in _line_rows(item, entry)
        )
    )
    stored = ChargeRelease.objects.bulk_create(
        row
        for item, entry in zip(items, priced.items, strict=True)
        for row in _release_rows(item, entry, cofunding)
    )
    releases = iter(stored)
    parts: list[Model] = []
    for entry in priced.items:
        item_lines = [next(lines) for _ in entry.lines]
        for priced_release in entry.releases:
            release = next(releases)
            parts += [
                ChargeReleaseLine(release=release, line=line, excl_cents=share)
                for line, share in zip(item_lines, priced_release.shares, strict=True)
            ]
            parts += [
                ChargeReleaseVat(
                    release=release,
                    vat_category=vat.category,
                    vat_rate=vat.rate,
                    base_cents=vat.base_cents,
                    vat_cents=vat.vat_cents,
                )
                for vat in priced_release.vat_breakdown
            ]
    ChargeReleaseLine.objects.bulk_create(part for part in parts if isinstance(part, ChargeReleaseLine))
    ChargeReleaseVat.objects.bulk_create(part for part in parts if isinstance(part, ChargeReleaseVat))
    return stored


def _item_row(
    charge: Charge,
    position: int,
    entry: PricedItem,
    seller_snapshot: dict[str, object],
    cofunding: Cofunding,
) -> ChargeItem:
    item = entry.item
    return ChargeItem(
        charge=charge,
        key=item.key,
        position=position,
        seller=item.seller,
        seller_snapshot=seller_snapshot,
        description=item.description,
        supply=item.supply,
        place_of_supply=entry.place.code,
        commission=item.commission.as_json(),
        commission_vat_category=entry.commission_treatment.category,
        commission_vat_rate=entry.commission_treatment.rate,
        commission_exemption_key=entry.commission_treatment.wording,
        excl_cents=entry.excl_cents,
        vat_cents=entry.vat_cents,
        incl_cents=entry.incl_cents,
        cofunded_cents=sum(_cents(_shares(cofunding, item.key, part.key)) for part in entry.releases),
        commission_excl_cents=entry.commission_excl_cents,
        commission_vat_cents=entry.commission_vat_cents,
    )


def _line_rows(item: ChargeItem, entry: PricedItem) -> list[ChargeLine]:
    return [
        ChargeLine(
            item=item,
            position=position,
            description=priced.line.description,
            quantity=priced.line.quantity,
            unit=priced.line.unit,
            unit_price=priced.line.unit_price,
            vat_kind=priced.line.vat_kind,
            vat_category=priced.treatment.category,
            vat_rate=priced.treatment.rate,
            exemption_key=priced.treatment.wording,
            exemption_reason=priced.line.exemption_reason,
            excl_cents=priced.excl_cents,
        )
        for position, priced in enumerate(entry.lines, start=1)
    ]


def _release_rows(item: ChargeItem, entry: PricedItem, cofunding: Cofunding) -> list[ChargeRelease]:
    return [
        ChargeRelease(
            item=item,
            key=priced.key,
            position=position,
            label=priced.label,
            weight=priced.weight,
            excl_cents=priced.excl_cents,
            vat_cents=priced.vat_cents,
            incl_cents=priced.incl_cents,
            cofunded_cents=_cents(_shares(cofunding, item.key, priced.key)),
            cofunding=[share.as_json() for share in _shares(cofunding, item.key, priced.key)],
            commission_excl_cents=priced.commission_excl_cents,
            commission_vat_cents=priced.commission_vat_cents,
        )
        for position, priced in enumerate(entry.releases, start=1)
    ]


def _shares(cofunding: Cofunding, item: str, release: str) -> Sequence[Share]:
    return cofunding.get((item, release), ())


def _cents(shares: Sequence[Share]) -> int:
    return sum(share.cents for share in shares)

"""What can be asked of charges: amounts of items, events that were not delivered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, QuerySet, Sum

from billing.charges.errors import ChargeNotFound
from billing.charges.lifecycle import ChargeState, ReleaseState
from billing.charges.models import Charge, ChargeEvent, ChargeItem, ChargeRelease

if TYPE_CHECKING:
    from tenants.parties.models import Party


@dataclass(frozen=True)
class ReleaseAmounts:
    """Stored amounts of one release in cents."""

    key: str
    label: str
    state: str
    excl_cents: int
    vat_cents: int
    incl_cents: int
    commission_incl_cents: int
    net_cents: int


@dataclass(frozen=True)
class ItemAmounts:
    """Stored amounts of one item in cents, with its releases by key."""

    key: str
    excl_cents: int
    vat_cents: int
    incl_cents: int
    cofunded_cents: int
    commission_excl_cents: int
    commission_vat_cents: int
    net_cents: int
    refunded_cents: int
    charge_state: str
    releases: dict[str, ReleaseAmounts]


@dataclass(frozen=True)
class VatSum:
    """VAT of a charge in one category at one rate, in cents."""

    category: str
    rate: object
    base_cents: int
    vat_cents: int


def programmes_of(item_key: str) -> frozenset[str]:
    """Slugs of the programmes that pay a part of an item, as they were frozen with it."""
    parts = ChargeRelease.objects.filter(item__key=item_key).values_list("cofunding", flat=True)
    return frozenset(share["programme"] for shares in parts for share in shares if share["cents"])


def charge_for(reference: str) -> Charge:
    """The charge of a reference, unlocked, with its items, lines and releases. Raises ChargeNotFound."""
    charge = (
        Charge.objects.prefetch_related("items__lines", "items__releases", "items__seller")
        .filter(reference=reference)
        .first()
    )
    if charge is None:
        raise ChargeNotFound()
    return charge


def balance_is_open(reference: str) -> bool:
    """Whether a deposit of a charge was paid and the rest was not."""
    return Charge.objects.filter(reference=reference, state=ChargeState.PART_PAID).exists()


def charges_for(references: Iterable[str]) -> dict[str, Charge]:
    """Charges by reference, in one query, for lists."""
    return {charge.reference: charge for charge in Charge.objects.filter(reference__in=list(references))}


def vat_of(charge: Charge) -> list[VatSum]:
    """VAT of a charge by category and rate, summed over what its releases are invoiced with."""
    rows = (
        ChargeRelease.objects.filter(item__charge=charge)
        .order_by()
        .values(category=F("vat_breakdown__vat_category"), rate=F("vat_breakdown__vat_rate"))
        .annotate(base=Sum("vat_breakdown__base_cents"), vat=Sum("vat_breakdown__vat_cents"))
        .order_by("-rate", "category")
    )
    return [VatSum(row["category"], row["rate"], row["base"], row["vat"]) for row in rows]


def item_amounts(keys: Iterable[str]) -> dict[str, ItemAmounts]:
    """Stored amounts of items by key, in two queries however many there are."""
    items = (
        ChargeItem.objects.filter(key__in=list(keys)).select_related("charge").prefetch_related("releases")
    )
    return {item.key: _amounts(item) for item in items}


def held_cents_of(seller: Party) -> int:
    """What a seller will get, net of commission, for parts that are paid but not approved yet, in cents."""
    total = ChargeRelease.objects.filter(
        item__seller=seller, item__charge__state=ChargeState.PAID, state=ReleaseState.HELD
    ).aggregate(total=Sum(F("incl_cents") - F("commission_excl_cents") - F("commission_vat_cents")))["total"]
    return total or 0


def undelivered_events() -> QuerySet[ChargeEvent]:
    """Events that a subscriber has refused, oldest first, for staff."""
    return ChargeEvent.objects.filter(delivered_at__isnull=True).select_related("charge").order_by("id")


def _amounts(item: ChargeItem) -> ItemAmounts:
    return ItemAmounts(
        key=item.key,
        excl_cents=item.excl_cents,
        vat_cents=item.vat_cents,
        incl_cents=item.incl_cents,
        cofunded_cents=item.cofunded_cents,
        commission_excl_cents=item.commission_excl_cents,
        commission_vat_cents=item.commission_vat_cents,
        net_cents=item.incl_cents - item.commission_excl_cents - item.commission_vat_cents,
        refunded_cents=item.refunded_cents,
        charge_state=item.charge.state,
        releases={
            release.key: ReleaseAmounts(
                key=release.key,
                label=release.label,
                state=release.state,
                excl_cents=release.excl_cents,
                vat_cents=release.vat_cents,
                incl_cents=release.incl_cents,
                commission_incl_cents=release.commission_incl_cents,
                net_cents=release.net_cents,
            )
            for release in item.releases.all()
        },
    )

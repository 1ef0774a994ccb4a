"""Giving an item of a paid charge to another seller, at the price that was paid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from billing.charges.amendment_models import ChargeAmendment
from billing.charges.errors import (
    AmendmentChangesPrice,
    ChargeNotFound,
    ChargeNotPaid,
    ItemNotUntouched,
    SellerUnchanged,
)
from billing.charges.inputs import ChargeItemInput, ChargeLineInput, ReleaseInput
from billing.charges.lifecycle import ChargeState, ReleaseState
from billing.charges.models import ChargeItem, ChargeLine, ChargeRelease, ChargeReleaseVat
from billing.charges.operations import lock_charge
from billing.charges.pricing import PricedItem, price_items
from billing.commission.terms import CommissionTerms
from kernel.web.formats import format_money
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date
from tenants.parties.snapshots import party_snapshot

if TYPE_CHECKING:
    from tenants.accounts.models import User
    from tenants.parties.models import Party


@transaction.atomic
def amend_seller(
    *, key: str, seller: Party, commission: CommissionTerms, reason: str, user: User | None
) -> ChargeAmendment:
    """Let another seller do what an item of a paid charge sells; takes the lock of the charge.

    The buyer has paid: every part keeps its price incl. VAT, to the cent. VAT and commission are determined
    for the new seller on today's legal date and stored; what they were is kept with the amendment.
    Raises ChargeNotFound, ChargeNotPaid, ItemNotUntouched (a part was released or given back),
    SellerUnchanged, SellerIsBuyer, VatRegimeUnknown, AmendmentChangesPrice (another VAT treatment).
    """
    item = ChargeItem.objects.filter(key=key).first()
    if item is None:
        raise ChargeNotFound()
    charge = lock_charge(charge_id=item.charge_id)
    item = ChargeItem.objects.select_related("seller").get(pk=item.pk)
    lines, releases = list(item.lines.all()), list(item.releases.prefetch_related("vat_breakdown"))
    if charge.state not in {ChargeState.PAID, ChargeState.PART_PAID}:
        raise ChargeNotPaid()
    if item.refunded_cents or any(part.state != ReleaseState.HELD for part in releases):
        raise ItemNotUntouched()
    if seller.pk == item.seller_id:
        raise SellerUnchanged(seller=seller.display_name)
    now = timezone.now()
    on = legal_date(current_tenant(), now)
    asked = _as_input(item, lines, releases, seller, commission)
    priced = price_items(buyer=charge.buyer, items=(asked,), on=on).items[0]
    if [part.incl_cents for part in priced.releases] != [part.incl_cents for part in releases]:
        raise AmendmentChangesPrice(
            seller=seller.display_name,
            paid=format_money(item.incl_cents),
            price=format_money(priced.incl_cents),
        )
    amendment = ChargeAmendment.objects.create(
        item=item,
        number=item.amendments.count() + 1,
        former_seller=item.seller,
        seller=seller,
        before=_copy_of(item, lines, releases),
        reason=reason.strip()[:500],
        amended_at=now,
        priced_on=on,
        amended_by=user,
    )
    _store_item(item, priced, party_snapshot(seller, on))
    _store_lines(lines, priced)
    _store_releases(releases, priced)
    return amendment


def _as_input(
    item: ChargeItem,
    lines: list[ChargeLine],
    releases: list[ChargeRelease],
    seller: Party,
    commission: CommissionTerms,
) -> ChargeItemInput:
    return ChargeItemInput(
        key=item.key,
        seller=seller,
        description=item.description,
        lines=tuple(
            ChargeLineInput(
                line.description,
                line.quantity,
                line.unit,
                line.unit_price,
                line.vat_kind,
                line.exemption_reason,
            )
            for line in lines
        ),
        releases=tuple(ReleaseInput(part.key, part.label, part.weight) for part in releases),
        commission=commission,
        supply=item.supply,
    )


# Unit prices stay, hence amounts excl. VAT; those incl. VAT were compared: only these can change.
_COMMISSION_FIELDS = ("commission_excl_cents", "commission_vat_cents")
_ITEM_FIELDS = (
    "seller_snapshot",
    "place_of_supply",
    "commission",
    "commission_vat_category",
    "commission_vat_rate",
    "commission_exemption_key",
    *_COMMISSION_FIELDS,
)
_LINE_FIELDS = ("vat_category", "vat_rate", "exemption_key")
_VAT_FIELDS = ("vat_category", "vat_rate", "base_cents", "vat_cents")


def _copy_of(item: ChargeItem, lines: list[ChargeLine], releases: list[ChargeRelease]) -> dict[str, Any]:
    """JSON of what an amendment replaces; rates are decimal strings."""
    return {
        **_plain(item, _ITEM_FIELDS),
        "lines": [_plain(line, _LINE_FIELDS) for line in lines],
        "releases": [
            {
                "key": part.key,
                **_plain(part, _COMMISSION_FIELDS),
                "vat_breakdown": [_plain(vat, _VAT_FIELDS) for vat in part.vat_breakdown.all()],
            }
            for part in releases
        ],
    }


def _plain(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in names}
    return {name: str(value) if name.endswith("_rate") else value for name, value in found.items()}


def _store_item(item: ChargeItem, priced: PricedItem, snapshot: dict[str, Any]) -> None:
    item.seller = priced.item.seller
    item.seller_snapshot = snapshot
    item.place_of_supply = priced.place.code
    item.commission = priced.item.commission.as_json()
    item.commission_vat_category = priced.commission_treatment.category
    item.commission_vat_rate = priced.commission_treatment.rate
    item.commission_exemption_key = priced.commission_treatment.wording
    for name in _COMMISSION_FIELDS:
        setattr(item, name, getattr(priced, name))
    item.save()


def _store_lines(lines: list[ChargeLine], priced: PricedItem) -> None:
    for line, one in zip(lines, priced.lines, strict=True):
        line.vat_category = one.treatment.category
        line.vat_rate = one.treatment.rate
        line.exemption_key = one.treatment.wording
    ChargeLine.objects.bulk_update(lines, _LINE_FIELDS)


def _store_releases(releases: list[ChargeRelease], priced: PricedItem) -> None:
    for part, one in zip(releases, priced.releases, strict=True):
        for name in _COMMISSION_FIELDS:
            setattr(part, name, getattr(one, name))
    ChargeRelease.objects.bulk_update(releases, _COMMISSION_FIELDS)
    ChargeReleaseVat.objects.filter(release__in=releases).delete()
    ChargeReleaseVat.objects.bulk_create(
        ChargeReleaseVat(
            release=part,
            vat_category=vat.category,
            vat_rate=vat.rate,
            base_cents=vat.base_cents,
            vat_cents=vat.vat_cents,
        )
        for part, one in zip(releases, priced.releases, strict=True)
        for vat in one.vat_breakdown
    )

"""Sold parts whose VAT changes between order and tax point."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from billing.charges.models import ChargeRelease
from billing.charges.operations import open_charge
from billing.payouts.operations import release
from billing.vat_reviews.models import VatReview
from tenants.parties.models import VatRegimePeriod
from tenants.reference.models import VatRate
from tests.billing.building import FIVE_PERCENT, item, receive

NEW_YEAR = date(2027, 1, 1)
IN_THE_NEW_YEAR = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)


def rate_from(rate: str, *, kind: str = "standard", territory: str = "mainland", on: date = NEW_YEAR) -> None:
    """Another rate holds from a legal date on."""
    VatRate.objects.filter(territory=territory, kind=kind, valid_to=None).update(
        valid_to=on - timedelta(days=1)
    )
    VatRate.objects.create(territory=territory, kind=kind, rate=Decimal(rate), valid_from=on)


def regime_from(party: Any, regime: str, on: date = NEW_YEAR) -> None:
    """A party has another regime from a legal date on."""
    VatRegimePeriod.objects.filter(party=party, ends_on=None).update(ends_on=on - timedelta(days=1))
    VatRegimePeriod.objects.create(party=party, regime=regime, starts_on=on)


def sold(
    seller: Any,
    buyer: Any,
    *lines: Any,
    key: str = "line-1",
    shares: tuple[int, ...] = (100,),
    paid_at: datetime | None = IN_THE_NEW_YEAR,
    commission: Any = FIVE_PERCENT,
) -> Any:
    """A charge opened today and paid at `paid_at`."""
    charge = open_charge(
        reference=f"CMD-{key}",
        buyer=buyer,
        items=[item(seller, *lines, key=key, shares=shares, commission=commission)],
    )
    receive(charge)
    if paid_at is not None:
        type(charge).objects.filter(pk=charge.pk).update(paid_at=paid_at)
    return charge


def approved(*args: Any, step: int = 1, **values: Any) -> tuple[ChargeRelease, VatReview | None]:
    """One part of it, approved, with its review if there is one."""
    key = values.get("key", "line-1")
    sold(*args, **values)
    release(item_key=key, release_key=f"step-{step}")
    part = ChargeRelease.objects.get(item__key=key, key=f"step-{step}")
    return part, VatReview.objects.filter(release=part).first()

"""Prices of many services at once, by the very function that a charge is priced with."""

from __future__ import annotations

import datetime
import time
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple, cast

from billing.charges.inputs import ChargeItemInput, ChargeLineInput, ReleaseInput
from billing.charges.pricing import price_items
from billing.charges.vat import VatRates, load_rates
from billing.commission.terms import NO_COMMISSION

if TYPE_CHECKING:
    from tenants.parties.models import Party

RATES_SECONDS = 60.0


class SellerFacts(NamedTuple):
    """What pricing reads of a seller, taken from the row of the list instead of a statement per seller."""

    regime: str
    country_code: str
    tax_territory: str
    display_name: str = ""
    pk: int = 0
    starts_on: datetime.date = datetime.date.min
    ends_on: datetime.date | None = None

    @property
    def vat_regime_periods(self) -> SellerFacts:
        """Stands for the relation of the same name."""
        return self

    def all(self) -> tuple[SellerFacts, ...]:
        """The one period that holds on the day, none when nothing is known."""
        return (self,) if self.regime else ()


@dataclass(frozen=True)
class ShownPrice:
    """Price of one unit in cents, excluding and including VAT."""

    excl_cents: int
    incl_cents: int


@dataclass
class PriceBook:
    """Prices of one legal date; repeated cards are computed once."""

    on: datetime.date
    rates: VatRates
    _known: dict[object, ShownPrice] = field(default_factory=dict)

    def price_of(
        self,
        *,
        unit_price: Decimal,
        vat_kind: str,
        seller: SellerFacts,
        shares: tuple[int, ...],
        buyer: Party | None = None,
    ) -> ShownPrice:
        """The price of one unit without options, rounded release by release as a charge is.

        Raises VatRegimeUnknown and VatRateUnknown.
        """
        key = (
            unit_price,
            vat_kind,
            seller,
            shares,
            buyer and (buyer.pk, buyer.country_code, buyer.tax_territory),
        )
        known = self._known.get(key)
        if known is None:
            if len(self._known) > 20_000:
                self._known.clear()
            known = self._known[key] = self._computed(unit_price, vat_kind, seller, shares, buyer)
        return known

    def _computed(
        self,
        unit_price: Decimal,
        vat_kind: str,
        seller: SellerFacts,
        shares: tuple[int, ...],
        buyer: Party | None,
    ) -> ShownPrice:
        item = ChargeItemInput(
            key="card",
            seller=cast("Party", seller),
            description="card",
            lines=(ChargeLineInput("card", Decimal(1), "", unit_price, vat_kind, "card"),),
            releases=tuple(
                ReleaseInput(str(position), "", share) for position, share in enumerate(shares or (100,))
            ),
            commission=NO_COMMISSION,
        )
        priced = price_items(buyer=buyer, items=(item,), on=self.on, rates=self.rates)
        return ShownPrice(priced.excl_cents, priced.incl_cents)


_books: dict[datetime.date, tuple[float, PriceBook]] = {}


def price_book(on: datetime.date) -> PriceBook:
    """The prices of a legal date. Rates of the public schema are read again after a minute."""
    kept = _books.get(on)
    now = time.monotonic()
    if kept is not None and now - kept[0] < RATES_SECONDS:
        return kept[1]
    book = PriceBook(on=on, rates=load_rates(on))
    if book.rates.rates:
        if len(_books) > 8:
            _books.clear()
        _books[on] = (now, book)
    return book


def forget_price_books() -> None:
    """Read the rates again at the next price: for whoever has just changed them."""
    _books.clear()

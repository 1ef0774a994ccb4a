"""Public co-funding of a cart: what programmes would pay for it now, in the order's own item keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from billing.charges.pricing import PricedVat
from billing.funding.estimate import FundingEstimate, estimate_funding
from billing.funding.vocabulary import CATEGORIES
from billing.funding.web.shown_aid import ShownAid, shown_aid
from kernel.rules.facts import Facts

if TYPE_CHECKING:
    from services.catalogue.offers import Offer
    from services.orders.pricing import PricedCart
    from tenants.parties.models import Party


@dataclass(frozen=True)
class AidedTotals:
    """The sums of a cart with the aid that is estimated for it, in cents; read like a charge."""

    excl_cents: int
    vat_cents: int
    incl_cents: int
    cofunded_cents: int
    vat_by_rate: tuple[PricedVat, ...]
    aid: ShownAid
    paid_at: None = None

    @property
    def to_pay_cents(self) -> int:
        """What is left to pay, incl. VAT."""
        return self.incl_cents - self.cofunded_cents


def aid_of_cart(priced: PricedCart, buyer: Party | None) -> FundingEstimate:
    """What programmes would pay for the lines that can be ordered; nothing is reserved."""
    return estimate_funding(
        priced=priced.charge,
        buyer=buyer,
        item_facts=item_facts(
            (str(item.line.public_id), item.offer) for item in priced.items if item.offer is not None
        ),
        on=priced.charge.on,
    )


def aided_totals(priced: PricedCart, buyer: Party | None) -> AidedTotals:
    """A cart's sums with its aid, for pages."""
    charge, estimate = priced.charge, aid_of_cart(priced, buyer)
    return AidedTotals(
        excl_cents=charge.excl_cents,
        vat_cents=charge.vat_cents,
        incl_cents=charge.incl_cents,
        cofunded_cents=estimate.cents,
        vat_by_rate=charge.vat_by_rate,
        aid=shown_aid(estimate),
    )


def item_facts(offers: Iterable[tuple[str, Offer]]) -> Mapping[str, Facts]:
    """What rules may know of each item, by its key: the rubrics of its service."""
    return {key: {CATEGORIES: frozenset(offer["categories"])} for key, offer in offers}

"""The price of one service with the options and quantity that a visitor has chosen."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from billing.charges.errors import VatRateUnknown, VatRegimeUnknown
from billing.charges.pricing import PricedCharge, price_items
from billing.commission.terms import NO_COMMISSION
from billing.funding.estimate import estimate_funding
from billing.funding.vocabulary import CATEGORIES
from billing.funding.web.shown_aid import ShownAid, shown_aid
from kernel.errors import DomainError
from services.catalogue.models import Service
from services.catalogue.offers import charge_item_input, freeze_offer
from services.catalogue.prices import SellerFacts, ShownPrice, price_book

if TYPE_CHECKING:
    from tenants.parties.models import Party


@dataclass(frozen=True)
class Choice:
    """What the visitor asks a price for; ``problem`` says why there is none."""

    options: tuple[str, ...]
    quantity: str
    priced: PricedCharge | None
    problem: str = ""


def price_of_choice(
    service: Service,
    *,
    options: Sequence[str],
    quantity: str,
    buyer: Party | None,
    on: datetime.date,
    for_preview: bool = False,
) -> Choice:
    """Price a choice as the cart will; an impossible one comes back with the sentence that says why."""
    known = {option.key for option in service.options.all()}
    chosen = tuple(key for key in options if key in known)
    try:
        offer = freeze_offer(service, chosen, quantity or 1, for_preview=for_preview)
        item = charge_item_input(offer, service.slug, service.provider, on=on, terms=NO_COMMISSION)
        # Nobody is shown a refusal before wanting to buy: one's own services are priced as a stranger's.
        other = buyer if buyer is not None and buyer.pk != service.provider_id else None
        return Choice(chosen, quantity, price_items(buyer=other, items=[item], on=on))
    except DomainError as error:
        return Choice(chosen, quantity, None, str(error))


def aid_of_choice(
    service: Service, choice: Choice, *, buyer: Party | None, on: datetime.date
) -> ShownAid | None:
    """What programmes would pay for a choice that has a price; for visitors what might be possible."""
    if choice.priced is None:
        return None
    category = service.category
    rubrics = frozenset({category.slug, *([category.parent.slug] if category.parent else [])})
    other = buyer if buyer is not None and buyer.pk != service.provider_id else None
    return shown_aid(
        estimate_funding(
            priced=choice.priced, buyer=other, item_facts={service.slug: {CATEGORIES: rubrics}}, on=on
        )
    )


def price_of_unit(service: Service, *, buyer: Party | None, on: datetime.date) -> ShownPrice | None:
    """The price of one unit of a service whose price is known; None otherwise."""
    if service.unit_price is None:
        return None
    regimes = [
        period.regime
        for period in service.provider.vat_regime_periods.all()
        if period.starts_on <= on and (period.ends_on is None or on <= period.ends_on)
    ]
    seller = SellerFacts(
        regimes[0] if regimes else "", service.provider.country_code, service.provider.tax_territory
    )
    try:
        return price_book(on).price_of(
            unit_price=service.unit_price,
            vat_kind=service.vat_kind,
            seller=seller,
            shares=tuple(part.share_percent for part in service.milestones.all()),
            buyer=buyer,
        )
    except (VatRegimeUnknown, VatRateUnknown):
        return None

"""Programmes, revisions and baskets for the tests of co-funding."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from billing.charges.pricing import PricedCharge, price_items
from billing.funding.models import Programme
from billing.funding.operations import answer_facts, open_programme
from billing.funding.reservation import open_funded_charge
from tenants.parties.operations import create_funder
from tenants.reference.parameters import load_parameters
from tests.billing.building import cast, item, line

ON = datetime.date(2026, 11, 23)
SITE = {"service.categories": frozenset({"site-creation", "site"})}
NO_DEMINIMIS = {"asked.deminimis_received": 0}


def programme(slug: str = "cheque", **changes: Any) -> Programme:
    """Half of the price excl. VAT, 500 EUR at most, for rubric `site`, firms under 3 years and 10 people."""
    values: dict[str, Any] = {
        "name": slug.capitalize(),
        "description": "La moitié d’un premier site.",
        "funder": create_funder(legal_name="Région"),
        "rate_percent": Decimal(50),
        "cap_cents": 50_000,
        "budget_cents": 4_000_000,
        "starts_on": datetime.date(2026, 1, 1),
        "ends_on": datetime.date(2026, 12, 31),
        "eligibility": {"max_age_years": 3, "max_employees_exclusive": 10, "categories": ["site"]},
    }
    return open_programme(slug=slug, **{**values, **changes})


def young_business(**changes: Any) -> tuple[Any, Any]:
    """A seller, and a business of one year with two employees."""
    load_parameters()
    _operator, seller, buyer = cast()
    for name, value in {"founded_on": datetime.date(2025, 6, 1), "headcount": 2, **changes}.items():
        setattr(buyer, name, value)
    buyer.save()
    return seller, buyer


def basket(seller: Any, buyer: Any, *prices: str, shares: tuple[int, ...] = (100,)) -> PricedCharge:
    """One item a price, called `line-1`, `line-2`…, each in parts of ``shares``."""
    return price_items(
        buyer=buyer,
        items=tuple(
            item(seller, line(price), key=f"line-{number}", shares=shares)
            for number, price in enumerate(prices, start=1)
        ),
        on=ON,
    )


def funded(
    seller: Any,
    buyer: Any,
    *prices: str,
    reference: str = "order-1",
    shares: tuple[int, ...] = (100,),
    **changes: Any,
) -> Any:
    """An order of one item a price, with the aid that programmes give; its items are `{reference}-1`…"""
    items = [
        item(seller, line(price), key=f"{reference}-{number}", shares=shares)
        for number, price in enumerate(prices, start=1)
    ]
    return open_funded_charge(
        reference=reference,
        buyer=buyer,
        items=items,
        **{"item_facts": {one.key: SITE for one in items}, **changes},
    )


def says_no_aid_elsewhere(*buyers: Any) -> None:
    """The answer that the European ceiling asks for."""
    for buyer in buyers:
        answer_facts(party=buyer, answers=NO_DEMINIMIS, user=None)

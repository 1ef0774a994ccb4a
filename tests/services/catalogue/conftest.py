"""What the tests of the catalogue start from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from services.catalogue.models import Category, Service
from services.catalogue.prices import forget_price_books
from tenants.parties.models import Party
from tenants.reference.rates import load_vat_rates
from tests.services.catalogue.building import new_category, new_operator, new_provider, new_service


@dataclass
class Shop:
    """A small shop: two rubrics, one provider, one service."""

    site: Category
    creation: Category
    provider: Party
    service: Service


@pytest.fixture(autouse=True)
def fresh_prices() -> Iterator[None]:
    """Prices of one test say nothing about those of the next."""
    forget_price_books()
    yield
    forget_price_books()


@pytest.fixture
def shop(tenant: Any) -> Shop:
    """Published and ready to be found."""
    load_vat_rates()
    new_operator()
    site = new_category("site")
    creation = new_category("site-creation", parent=site)
    provider = new_provider()
    return Shop(site, creation, provider, new_service(provider, creation))

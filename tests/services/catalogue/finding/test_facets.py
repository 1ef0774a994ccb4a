"""The number beside a choice is what the choice would leave: held against counting one by one."""

from __future__ import annotations

import datetime
import random
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.funding.models import Programme
from services.catalogue.filters import LEAD_TIMES, PAGE_SIZE, PRICE_KINDS, RATINGS, ServiceFilters
from services.catalogue.finding.facets import forget_facets
from services.catalogue.finding.listing import published_services
from services.catalogue.models import Service
from services.catalogue.operations import pause_service
from services.catalogue.rubrics import category_tree, forget_categories
from tests.services.catalogue.building import new_category, new_provider, new_service
from tests.services.catalogue.conftest import Shop

ON = datetime.date(2026, 11, 23)
DEPARTMENTS = ("16", "79", "86")
WORDS = ("vitrine", "logo", "colis", "vitrine logo", "", "serrure", "?!")


@pytest.fixture
def market(shop: Shop, tenant: Any) -> list[Service]:
    """Three dozen services of two providers in four rubrics, the one of the shop with them."""
    drawn = random.Random(4)
    other = new_provider("autre")
    rubrics = [shop.site, shop.creation, new_category("logistique"), new_category("colis", parent=shop.site)]
    forget_categories()
    made = [shop.service]
    for number in range(36):
        kind = drawn.choice(["fixed", "unit", "quote"])
        made.append(
            new_service(
                drawn.choice([shop.provider, other]),
                drawn.choice(rubrics),
                slug=f"s-{number}",
                name=f"{drawn.choice(['Vitrine', 'Logo', 'Colis'])} {number}",
                summary=drawn.choice(["Un logo.", "Une vitrine.", "Rien."]),
                price_kind=kind,
                unit_price=None if kind == "quote" else Decimal(drawn.randint(1, 900)),
                lead_time_days=drawn.choice([3, 5, 8, 10, 15, 25, 60]),
                departments=drawn.sample(DEPARTMENTS, drawn.randint(0, 2)),
            )
        )
    for service in made[1:]:
        if drawn.random() < 0.6:
            service.review_count, service.rating_hundredths = 1, drawn.choice([250, 294, 295, 394, 399, 500])
            service.save()
    Programme.objects.update(ends_on=ON - datetime.timedelta(days=1))
    return made


searches = st.builds(
    ServiceFilters,
    text=st.sampled_from(WORDS),
    category=st.sampled_from(["", "site", "site-creation", "colis", "inconnue"]),
    department=st.sampled_from(["", *DEPARTMENTS, "99"]),
    price=st.sampled_from(["", *PRICE_KINDS]),
    max_days=st.sampled_from([None, *LEAD_TIMES]),
    min_rating=st.sampled_from([None, *RATINGS]),
    provider=st.sampled_from(["", "autre"]),
)


def found(filters: ServiceFilters) -> list[str]:
    """The slugs of a search on all its pages."""
    slugs: list[str] = []
    while True:
        page = replace(filters, page=len(slugs) // PAGE_SIZE + 1)
        cards = published_services(page, on=ON, tree=category_tree()).cards
        slugs += [card.slug for card in cards]
        if len(cards) < PAGE_SIZE:
            return slugs


def left(services: list[Service], filters: ServiceFilters) -> int:
    """How many of these services fit the filters, words apart: looked at one by one."""
    node = category_tree().by_slug.get(filters.category)
    below = [node.id, *(child.id for child in node.children)] if node else []
    return sum(
        (not filters.category or service.category_id in below)
        and (not filters.department or not service.departments or filters.department in service.departments)
        and (not filters.price or service.price_kind == PRICE_KINDS[filters.price])
        and (not filters.max_days or service.lead_time_days <= filters.max_days)
        and (not filters.min_rating or (service.rating_hundredths or 0) + 5 >= filters.min_rating * 100)
        and (not filters.provider or service.provider.legal_name.lower() == filters.provider)
        for service in services
    )


@given(filters=searches)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_number_is_what_its_choice_leaves(market: list[Service], filters: ServiceFilters) -> None:
    page = published_services(filters, on=ON, tree=category_tree())
    slugs = set(found(ServiceFilters(text=filters.text)))
    services = [service for service in market if service.slug in slugs]
    if page.nearest:
        assert left(services, filters) == 0
        assert page.total == len(found(filters))
        return
    counts = page.facets
    assert counts.total == left(services, filters) == len(found(filters))
    for value in PRICE_KINDS:
        assert counts.prices.get(value, 0) == left(services, replace(filters, price=value))
    for days in LEAD_TIMES:
        assert counts.lead_times.get(days, 0) == left(services, replace(filters, max_days=days))
    for least in RATINGS:
        assert counts.ratings.get(least, 0) == left(services, replace(filters, min_rating=least))
    for code in DEPARTMENTS:
        assert counts.in_department(code) == left(services, replace(filters, department=code))
    for slug, node in category_tree().by_slug.items():
        numbers = [counts.categories.get(key, 0) for key in (node.id, *(child.id for child in node.children))]
        assert sum(numbers) == left(services, replace(filters, category=slug))


def test_a_service_that_is_paused_is_not_counted(
    market: list[Service], django_capture_on_commit_callbacks: Any
) -> None:
    tree = category_tree()
    before = published_services(ServiceFilters(), on=ON, tree=tree)
    with django_capture_on_commit_callbacks(execute=True):
        pause_service(service_id=market[0].pk, actor=None, role="operator")
    assert published_services(ServiceFilters(), on=ON, tree=tree).total == before.total - 1


def test_counts_are_kept_until_something_changes(
    market: list[Service], django_assert_num_queries: Any
) -> None:
    tree = category_tree()
    published_services(ServiceFilters(), on=ON, tree=tree)
    with django_assert_num_queries(1):
        published_services(ServiceFilters(page=2), on=ON, tree=tree)
    forget_facets()
    with django_assert_num_queries(2):
        published_services(ServiceFilters(), on=ON, tree=tree)

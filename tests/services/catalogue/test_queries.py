"""What the shop finds, how it is ordered, and what it costs in statements."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from billing.funding.operations import open_programme
from services.catalogue.filters import PAGE_SIZE, ServiceFilters
from services.catalogue.finding.interpretation import Interpretation
from services.catalogue.finding.listing import ServicePage, _rows, _statement, published_services
from services.catalogue.offers import charge_item_input, freeze_offer
from services.catalogue.operations import MilestoneInput
from services.catalogue.rubrics import category_tree
from services.catalogue.web.prices import price_of_unit
from tenants.parties.operations import create_funder, suspend_provider
from tests.services.catalogue.building import new_category, new_provider, new_service
from tests.services.catalogue.conftest import Shop

ON = datetime.date(2026, 11, 23)


def found(**filters: Any) -> ServicePage:
    return published_services(ServiceFilters(**filters), on=ON, tree=category_tree())


def names(**filters: Any) -> list[str]:
    return [card.name for card in found(**filters).cards]


def test_only_published_services_of_active_providers_are_shown(shop: Shop) -> None:
    new_service(shop.provider, shop.creation, slug="brouillon", published=False)
    assert found().total == 1
    suspend_provider(party=shop.provider)
    assert found().cards == []


def test_a_card_shows_the_price_of_its_service(shop: Shop) -> None:
    [card] = found().cards
    assert (card.excl_cents, card.incl_cents) == (39000, 46800)
    assert card.provider == "Atelier"
    assert card.provider_slug == "atelier"
    assert card.category == "Site-creation"


def test_a_seller_without_vat_shows_one_price(shop: Shop) -> None:
    small = new_provider("photo", regime="franchise")
    new_service(small, shop.creation, slug="photo", name="Photo")
    [card] = found(provider="photo").cards
    assert card.excl_cents == card.incl_cents == 39000


def test_cards_are_rounded_as_the_charge_is(shop: Shop) -> None:
    shares = [MilestoneInput(str(part), part) for part in (33, 33, 34)]
    odd = new_service(shop.provider, shop.creation, slug="odd", unit_price=Decimal("0.33"), milestones=shares)
    [card] = [card for card in found().cards if card.slug == "odd"]
    from billing.charges.pricing import price_items

    item = charge_item_input(freeze_offer(odd), "k", shop.provider, on=ON)
    charged = price_items(buyer=None, items=[item], on=ON)
    assert (card.excl_cents, card.incl_cents) == (charged.excl_cents, charged.incl_cents)
    unit = price_of_unit(odd, buyer=None, on=ON)
    assert unit is not None
    assert unit.incl_cents == card.incl_cents


@pytest.mark.parametrize(
    "text", ["vitrine", "VITRINES", "showcase", "atelier", "un site pour mon atelier", "rédaction"]
)
def test_words_of_name_provider_and_options_find(shop: Shop, text: str) -> None:
    assert found(text=text).total == 1


@pytest.mark.parametrize("text", ["plombier", "de la", "serrure plombier", "%"])
def test_other_words_find_nothing(shop: Shop, text: str) -> None:
    assert found(text=text).total == 0


def test_hits_in_the_name_come_first(shop: Shop) -> None:
    new_service(shop.provider, shop.creation, slug="a", name="Aide", summary="Pour une vitrine.")
    assert names(text="vitrine") == ["Site vitrine", "Aide"]


def test_a_rubric_counts_its_children(shop: Shop) -> None:
    new_service(shop.provider, new_category("juridique"), slug="droit", name="Droit")
    assert names(category="site") == ["Site vitrine"]
    assert names(category="site-creation") == ["Site vitrine"]
    assert names(category="juridique") == ["Droit"]
    assert names(category="inconnue") == []


def test_a_department_finds_who_serves_it_or_everywhere(shop: Shop) -> None:
    new_service(shop.provider, shop.creation, slug="local", name="Local", departments=["79", "86"])
    assert names(department="86") == ["Local", "Site vitrine"]
    assert names(department="17") == ["Site vitrine"]


def test_price_kind_and_lead_time(shop: Shop) -> None:
    new_service(
        shop.provider,
        shop.creation,
        slug="d",
        name="Devis",
        price_kind="quote",
        unit_price=None,
        lead_time_days=30,
    )
    assert names(price="devis") == ["Devis"]
    assert names(price="forfait") == ["Site vitrine"]
    assert names(max_days=10) == ["Site vitrine"]


def test_orders(shop: Shop) -> None:
    new_service(
        shop.provider, shop.creation, slug="e", name="Écrit", unit_price=Decimal(10), lead_time_days=9
    )
    new_service(
        shop.provider,
        shop.creation,
        slug="d",
        name="Devis",
        price_kind="quote",
        unit_price=None,
        lead_time_days=30,
    )
    assert names() == ["Devis", "Écrit", "Site vitrine"]
    assert names(sort="prix") == ["Écrit", "Site vitrine", "Devis"]
    assert names(sort="delai") == ["Site vitrine", "Écrit", "Devis"]


def test_aid_is_possible_where_a_running_programme_covers_the_rubric(shop: Shop) -> None:
    new_service(shop.provider, new_category("juridique"), slug="droit", name="Droit")
    open_programme(
        slug="cheque",
        name="Chèque",
        description="Moitié.",
        funder=create_funder(legal_name="Région"),
        rate_percent=Decimal(50),
        cap_cents=50000,
        budget_cents=100000,
        starts_on=datetime.date(2026, 1, 1),
        ends_on=datetime.date(2026, 12, 31),
        eligibility={"categories": ["site"]},
    )
    assert {card.name: card.aid for card in found().cards} == {"Droit": False, "Site vitrine": True}
    assert names(aid=True) == ["Site vitrine"]
    later = published_services(ServiceFilters(aid=True), on=datetime.date(2027, 1, 1), tree=category_tree())
    assert later.cards == []


def test_english_names(shop: Shop) -> None:
    with translation.override("en"):
        [card] = found().cards
        assert card.name == "Showcase site"
        assert category_tree().roots[0].name == "site en"


def test_pages(shop: Shop) -> None:
    for number in range(PAGE_SIZE):
        new_service(shop.provider, shop.creation, slug=f"s{number}", name=f"Service {number:02d}")
    first = found()
    assert (len(first.cards), first.total, first.pages) == (PAGE_SIZE, PAGE_SIZE + 1, 2)
    assert len(found(page=2).cards) == 1


def test_one_statement_whatever_the_number_of_rows(shop: Shop) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            found()
        return len(captured)

    found()
    one = statements()
    for number in range(100):
        new_service(shop.provider, shop.creation, slug=f"s{number}", name=f"Service {number:02d}")
    assert statements() == one == 1


def test_a_new_rubric_is_seen_at_once(tenant: Any, django_capture_on_commit_callbacks: Any) -> None:
    assert category_tree().roots == []
    with django_capture_on_commit_callbacks(execute=True):
        new_category("site")
    assert [node.slug for node in category_tree().roots] == ["site"]


def test_the_kept_statement_gives_the_rows_that_the_orm_gives(shop: Shop) -> None:
    new_service(shop.provider, shop.creation, slug="devis", name="Devis", price_kind="quote", unit_price=None)
    statement = _statement(ServiceFilters(), Interpretation(), ON, (), nearest=False)
    assert statement is not None
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        rows = cursor.fetchall()
    assert rows == list(_rows(ON).order_by("sort_key", "id"))
    assert _statement(ServiceFilters(text="?!"), Interpretation(), ON, (), nearest=False) is None

"""What the search box offers while one types."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from services.catalogue.finding.suggestions import suggestions
from services.catalogue.operations import pause_service
from services.catalogue.rubrics import category_tree
from tests.services.catalogue.building import new_service
from tests.services.catalogue.conftest import Shop


@pytest.mark.parametrize("typed", ["vi", "vitr", "site vit", "Sites vitri", "showc", "SITE  v"])
def test_unfinished_words_find_the_service(shop: Shop, typed: str) -> None:
    assert [found.slug for found in suggestions(typed, category_tree())[1]] == ["site-vitrine"]


@pytest.mark.parametrize("typed", ["", "v", "de", "de la", "'", "\\:*", "plombi", "& | !"])
def test_nothing_to_offer(shop: Shop, typed: str) -> None:
    assert suggestions(typed, category_tree()) == ([], [])


def test_what_is_called_so_comes_first_and_rubrics_before(shop: Shop) -> None:
    new_service(shop.provider, shop.creation, slug="refonte", name="Refonte de site")
    rubrics, services = suggestions("site", category_tree())
    assert [found.slug for found in rubrics] == ["site", "site-creation"]
    assert [found.slug for found in services] == ["site-vitrine", "refonte"]


def test_at_most_six_and_one_statement(shop: Shop) -> None:
    tree = category_tree()
    for number in range(8):
        new_service(shop.provider, shop.creation, slug=f"s{number}", name=f"Site {number}")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert len(suggestions("sit", tree)[1]) == 6
    assert len(asked) == 1


def test_only_what_the_shop_shows(shop: Shop) -> None:
    new_service(shop.provider, shop.creation, slug="cache", name="Site caché", published=False)
    pause_service(service_id=shop.service.pk, actor=None, role="operator")
    assert suggestions("site", category_tree())[1] == []


def test_the_list_is_a_part_of_a_page(shop: Shop, tenant_client: Any) -> None:
    part = tenant_client.get("/suggestions/", {"q": "vit"}, headers={"HX-Request": "true"})
    assert part.headers["Vary"].startswith("HX-Request") or "HX-Request" in part.headers["Vary"]
    said = part.content.decode()
    assert 'role="option"' in said
    assert 'data-url="/services/site-vitrine/"' in said
    assert "<html" not in said


def test_without_scripts_it_is_the_search(shop: Shop, tenant_client: Any) -> None:
    answer = tenant_client.get("/suggestions/", {"q": "vit rine"})
    assert answer.headers["Location"] == "/services/?q=vit+rine"
    assert 'name="q"' in tenant_client.get("/").content.decode()

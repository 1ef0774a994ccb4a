"""What a query is understood as: put right, completed, joined by words of the same meaning."""

from __future__ import annotations

from typing import Any

import pytest

from services.catalogue.filters import ServiceFilters
from services.catalogue.finding.interpretation import interpret
from services.catalogue.finding.synonyms import forget_synonyms
from services.catalogue.finding.vocabulary import refresh_vocabulary
from services.catalogue.models import SearchWord, SynonymGroup
from services.catalogue.operations import archive_service
from services.catalogue.rubrics import category_tree
from tests.services.catalogue.building import new_service
from tests.services.catalogue.conftest import Shop
from tests.services.catalogue.finding.test_facets import ON


@pytest.fixture
def words(shop: Shop) -> Shop:
    """The shop with its words read."""
    refresh_vocabulary()
    return shop


def test_a_slip_is_put_right_and_told(words: Shop) -> None:
    meaning = interpret("vitirne")
    assert meaning.corrections == (("vitirne", "vitrine"),)
    assert meaning.concepts[0].typed == ("vitrine",)


def test_the_correction_is_shown_with_its_accents(words: Shop) -> None:
    assert interpret("redacsion").corrections == (("redacsion", "rédaction"),)


@pytest.mark.parametrize("typed", ["vitrine", "vitrines", "vitr", "rédaction", "site", "xy", "42"])
def test_what_is_known_or_too_short_stays(words: Shop, typed: str) -> None:
    assert interpret(typed).corrections == ()


def test_what_is_near_nothing_stays(words: Shop) -> None:
    meaning = interpret("zzyzxqwk")
    assert (meaning.corrections, meaning.concepts[0].typed) == ((), ("zzyzxqwk",))


def test_an_unfinished_word_finds_and_brings_its_synonyms(words: Shop, page_of: Any) -> None:
    assert interpret("redac").concepts[0].typed == ("redac:*",)
    assert [card.slug for card in page_of("vitri").cards] == ["site-vitrine"]


def test_words_of_one_meaning_find_each_other(words: Shop, page_of: Any) -> None:
    assert [card.slug for card in page_of("site internet").cards] == ["site-vitrine"]


def test_a_tenants_own_words_count(words: Shop, page_of: Any) -> None:
    assert page_of("enseigne numérique").total == 0
    SynonymGroup.objects.create(terms=["enseigne numérique", "site vitrine"])
    forget_synonyms()
    refresh_vocabulary()
    assert [card.slug for card in page_of("enseignes numériques").cards] == ["site-vitrine"]


def test_the_nearest_are_offered_when_nothing_has_all_words(words: Shop, page_of: Any) -> None:
    page = page_of("vitrine serrurerie")
    assert page.nearest
    assert [card.slug for card in page.cards] == ["site-vitrine"]


def test_weak_words_narrow_nothing_but_count_alone(words: Shop, page_of: Any) -> None:
    assert page_of("vitrine entreprise").nearest is False
    assert page_of("entreprise").total == 0


@pytest.mark.parametrize(
    "typed", ["'", "\\", "a & | !", "( )", ":*", "%", "_", "vitrine:*", "<->", "\x00é", "é" * 300]
)
def test_nothing_that_people_type_breaks_a_search(words: Shop, page_of: Any, typed: str) -> None:
    page = page_of(typed)
    assert page.total == page.facets.total >= len(page.cards)


def test_words_go_when_their_last_service_goes(words: Shop) -> None:
    extra = new_service(words.provider, words.creation, slug="x", name="Ferronnerie")
    refresh_vocabulary()
    known = SearchWord.objects.get(folded="ferronnerie")
    assert (known.services, known.shown) == (1, "ferronnerie")
    archive_service(service_id=extra.pk, actor=None, role="operator")
    refresh_vocabulary()
    assert not SearchWord.objects.filter(folded="ferronnerie").exists()


def test_reading_the_words_costs_the_same_for_any_number(
    words: Shop, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(9) as few:
        refresh_vocabulary()
    for number in range(12):
        new_service(words.provider, words.creation, slug=f"m-{number}", name=f"Modelage {number}")
    with django_assert_num_queries(len(few)):
        refresh_vocabulary()


@pytest.fixture
def page_of(words: Shop) -> Any:
    """A page of a search by its words."""
    from services.catalogue.finding.listing import published_services

    return lambda text: published_services(ServiceFilters(text=text), on=ON, tree=category_tree())

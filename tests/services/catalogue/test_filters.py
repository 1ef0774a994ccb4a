"""A search is its address: what is read from it is written back, what is unknown falls away."""

from __future__ import annotations

from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from services.catalogue.filters import LEAD_TIMES, PRICE_KINDS, SORTS, ServiceFilters

SEARCHES = st.builds(
    ServiceFilters,
    text=st.sampled_from(["", "site", "été à Niort"]),
    category=st.sampled_from(["", "site", "promotion"]),
    department=st.sampled_from(["", "79", "2A", "971"]),
    price=st.sampled_from(["", *PRICE_KINDS]),
    max_days=st.sampled_from([None, *LEAD_TIMES]),
    aid=st.booleans(),
    sort=st.sampled_from(["", *SORTS]),
    page=st.integers(1, 9),
)


@given(SEARCHES)
def test_a_search_survives_its_address(search: ServiceFilters) -> None:
    assert ServiceFilters.from_query(QueryDict(search.query_string()[1:])) == search


@given(SEARCHES)
def test_a_removed_narrowing_is_gone_and_the_rest_stays(search: ServiceFilters) -> None:
    rest = search.without("category")
    assert rest.category == ""
    assert rest.page == 1
    assert (rest.text, rest.price, rest.department) == (search.text, search.price, search.department)


@given(st.dictionaries(st.sampled_from(["q", "prix", "tri", "page", "delai", "aide", "rubrique"]), st.text()))
def test_any_address_gives_a_search(query: dict[str, str]) -> None:
    search = ServiceFilters.from_query(query)
    assert search.page >= 1
    assert search.price in {"", *PRICE_KINDS}
    assert search.order in SORTS


def test_nearest_first_only_where_words_are_searched() -> None:
    assert ServiceFilters(sort="pertinence").order == "nom"
    assert ServiceFilters(text="site").order == "pertinence"
    assert ServiceFilters(text="site", sort="prix").order == "prix"

"""Pricing: each release is an exact invoice of its own, and every level sums to the next."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.charges.errors import LineInvalid, NothingToCharge, ReleaseTooSmall, SellerIsBuyer
from billing.charges.pricing import price_items
from billing.charges.vat import load_rates
from billing.commission.terms import CommissionTerms
from kernel.money import vat_cents
from tests.billing.building import FIVE_PERCENT, cast, item, line, party, vat_rates

TODAY = date(2026, 11, 23)


@pytest.fixture
def people(tenant: Any) -> tuple[Any, Any, Any, Any]:
    vat_rates()
    return party(role="operator"), party(), party(regime="franchise"), party()


def test_the_usual_case(tenant: Any) -> None:
    _operator, seller, buyer = cast()
    priced = price_items(
        buyer=buyer, items=[item(seller, line("1200.00"), commission=FIVE_PERCENT)], on=TODAY
    )
    assert (priced.excl_cents, priced.vat_cents, priced.incl_cents) == (120000, 24000, 144000)
    only = priced.items[0]
    assert (only.commission_excl_cents, only.commission_vat_cents) == (6000, 1200)
    assert only.net_cents == 144000 - 7200


def test_an_option_of_its_own_treatment_keeps_it(tenant: Any) -> None:
    _operator, seller, buyer = cast()
    priced = price_items(
        buyer=buyer, items=[item(seller, line("490.00"), line("190.00", vat_kind="outside_scope"))], on=TODAY
    )
    assert priced.incl_cents == 49000 + 9800 + 19000
    assert [(part.category, str(part.rate), part.base_cents) for part in priced.vat_by_rate] == [
        ("S", "20.00", 49000),
        ("E", "0.00", 19000),
    ]


def test_thirds_lose_no_cent(tenant: Any) -> None:
    _operator, seller, buyer = cast()
    priced = price_items(buyer=buyer, items=[item(seller, line("100.00"), shares=(1, 1, 1))], on=TODAY)
    assert [release.excl_cents for release in priced.items[0].releases] == [3334, 3333, 3333]
    assert [release.vat_cents for release in priced.items[0].releases] == [667, 667, 667]
    assert priced.vat_cents == 2001


def test_the_commission_never_exceeds_the_price_of_a_franchise_seller(tenant: Any) -> None:
    vat_rates()
    party(role="operator")
    seller, buyer = party(regime="franchise"), party()
    everything = CommissionTerms(1, "default", "", Decimal("100.00"))
    only = price_items(
        buyer=buyer, items=[item(seller, line("100.00"), commission=everything)], on=TODAY
    ).items[0]
    assert only.commission_excl_cents == 8333
    assert only.net_cents == 0 or only.net_cents == 1


def test_an_operator_under_franchise_adds_no_vat_to_its_commission(tenant: Any) -> None:
    vat_rates()
    party(role="operator", regime="franchise")
    priced = price_items(
        buyer=party(), items=[item(party(), line("1000.00"), commission=FIVE_PERCENT)], on=TODAY
    ).items[0]
    assert (priced.commission_excl_cents, priced.commission_vat_cents) == (5000, 0)
    assert priced.commission_treatment.wording == "franchise"


def test_many_cards_are_priced_without_a_query_each(tenant: Any, django_assert_num_queries: Any) -> None:
    from tenants.parties.models import Party

    cast()
    for _ in range(4):
        party()
    sellers = list(
        Party.objects.filter(vat_regime_periods__isnull=False).prefetch_related("vat_regime_periods")
    )
    rates = load_rates(TODAY)
    with django_assert_num_queries(0):
        for seller in sellers:
            price_items(buyer=None, items=[item(seller)], on=TODAY, rates=rates)


def test_refusals(tenant: Any) -> None:
    _operator, seller, buyer = cast()
    with pytest.raises(SellerIsBuyer):
        price_items(buyer=seller, items=[item(seller)], on=TODAY)
    with pytest.raises(NothingToCharge):
        price_items(buyer=buyer, items=[item(seller, line("0.00"))], on=TODAY)
    with pytest.raises(NothingToCharge):
        price_items(buyer=buyer, items=[item(seller, shares=())], on=TODAY)
    with pytest.raises(ReleaseTooSmall):
        price_items(buyer=buyer, items=[item(seller, line("0.01"), shares=(50, 50))], on=TODAY)
    for bad in (line("-1.00"), line("1.00", quantity="0"), line("1.00001"), line("1.00", quantity="1.0001")):
        with pytest.raises(LineInvalid):
            price_items(buyer=buyer, items=[item(seller, bad)], on=TODAY)


lines = st.lists(
    st.tuples(
        st.decimals(min_value="0.0001", max_value="50000", places=4),
        st.decimals(min_value="0.001", max_value="100", places=3),
        st.sampled_from(["standard", "intermediate", "reduced", "super_reduced", "exempt", "outside_scope"]),
    ),
    min_size=1,
    max_size=5,
)
terms = st.builds(
    CommissionTerms,
    rule_id=st.just(1),
    scope=st.just("default"),
    target=st.just(""),
    rate_percent=st.decimals(min_value=0, max_value=100, places=2),
    fixed_cents=st.integers(0, 5000),
    min_cents=st.integers(0, 5000),
    max_cents=st.none() | st.integers(5000, 100_000),
)


@given(
    lines=lines,
    shares=st.lists(st.integers(1, 100), min_size=1, max_size=6),
    commission=terms,
    franchise=st.booleans(),
)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_sum_is_exact(
    people: Any, lines: list[Any], shares: list[int], commission: CommissionTerms, franchise: bool
) -> None:
    operator, normal, exempted, buyer = people
    wanted = item(
        exempted if franchise else normal,
        *(line(str(price), str(quantity), kind) for price, quantity, kind in lines),
        shares=tuple(shares),
        commission=commission,
    )
    try:
        priced = price_items(buyer=buyer, items=[wanted], on=TODAY, operator=operator)
    except (NothingToCharge, ReleaseTooSmall):
        return
    only = priced.items[0]
    for position, priced_line in enumerate(only.lines):
        assert sum(release.shares[position] for release in only.releases) == priced_line.excl_cents
    for release in only.releases:
        assert release.excl_cents == sum(release.shares) == sum(v.base_cents for v in release.vat_breakdown)
        assert release.vat_cents == sum(v.vat_cents for v in release.vat_breakdown)
        assert all(v.vat_cents == vat_cents(v.base_cents, v.rate) for v in release.vat_breakdown)
        assert len({(v.category, v.rate) for v in release.vat_breakdown}) == len(release.vat_breakdown)
        assert release.net_cents >= 0
        assert release.commission_excl_cents >= 0
        if franchise:
            assert release.vat_cents == 0
    assert only.excl_cents == sum(priced_line.excl_cents for priced_line in only.lines)
    assert only.commission_excl_cents <= only.excl_cents
    assert priced.incl_cents == only.incl_cents == only.excl_cents + only.vat_cents
    assert sum(v.vat_cents for v in priced.vat_by_rate) == priced.vat_cents

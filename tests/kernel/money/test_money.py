"""Rounding and dividing money: half up, once, and nothing is lost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.money import allocate, line_amount_cents, round_half_up, to_cents, to_euros, vat_cents

CENTS = st.integers(min_value=-(10**12), max_value=10**12)
WEIGHTS = st.lists(st.integers(min_value=0, max_value=10**9), min_size=1, max_size=30).filter(any)


@pytest.mark.parametrize(
    ("value", "rounded"), [("0.5", 1), ("-0.5", -1), ("1.49", 1), ("2.5", 3), ("-2.5", -3), ("0.4999", 0)]
)
def test_a_half_goes_away_from_zero(value, rounded):
    assert round_half_up(Decimal(value)) == rounded


@pytest.mark.parametrize(
    ("quantity", "price", "cents"),
    [("3", "333.3333", 100000), ("7", "0.015", 11), ("1.5", "99.99", 14999), ("0.001", "4.9999", 0)],
)
def test_a_line_is_rounded_once(quantity, price, cents):
    assert line_amount_cents(Decimal(quantity), Decimal(price)) == cents


@pytest.mark.parametrize(
    ("base", "rate", "vat"),
    [(1000, "20", 200), (1, "20", 0), (3, "20", 1), (9990, "5.5", 549), (100, "2.1", 2)],
)
def test_vat_is_base_times_rate(base, rate, vat):
    assert vat_cents(base, Decimal(rate)) == vat


@given(CENTS)
def test_cents_and_euros_are_one_amount(cents):
    assert to_cents(to_euros(cents)) == cents


@given(CENTS, WEIGHTS)
def test_parts_sum_to_the_whole_and_are_near_their_share(total, weights):
    parts = allocate(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part * whole - total * weight) < whole
        assert weight or part == 0


@given(CENTS, WEIGHTS)
def test_a_negative_total_is_the_mirror_image(total, weights):
    assert allocate(-total, weights) == [-part for part in allocate(total, weights)]


@given(st.integers(min_value=0, max_value=10**9), st.integers(min_value=1, max_value=20))
def test_ties_go_to_the_earlier_part(total, count):
    parts = allocate(total, [1] * count)
    assert parts == sorted(parts, reverse=True)
    assert parts[0] - parts[-1] <= 1


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [1, -1], [2, -1]])
def test_weights_without_meaning_are_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        allocate(100, weights)

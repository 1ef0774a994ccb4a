"""The sums of a commission: rate, fixed part, bounds, and how it is spread over releases."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from billing.commission.terms import (
    NO_COMMISSION,
    CommissionTerms,
    compute_commission,
    spread_commission,
)

cents = st.integers(min_value=0, max_value=10_000_000)
rates = st.decimals(min_value=0, max_value=100, places=2)


def terms(**values: object) -> CommissionTerms:
    return CommissionTerms(
        **{"rule_id": 1, "scope": "default", "target": "", "rate_percent": Decimal("5.00"), **values}  # type: ignore[arg-type]
    )


def test_the_rate_is_rounded_once_half_up() -> None:
    assert compute_commission(terms(), 1010) == 51
    assert compute_commission(terms(), 1009) == 50


def test_minimum_maximum_and_fixed_part() -> None:
    assert compute_commission(terms(min_cents=100), 1000) == 100
    assert compute_commission(terms(max_cents=15000), 1_000_000) == 15000
    assert compute_commission(terms(fixed_cents=30), 1000) == 80


def test_never_more_than_the_line() -> None:
    assert compute_commission(terms(min_cents=100), 60) == 60


def test_nothing_is_kept_without_a_rule() -> None:
    assert compute_commission(NO_COMMISSION, 123_456) == 0


@given(rate=rates, fixed=cents, low=cents, more=cents, bounded=st.booleans())
def test_terms_survive_storage(rate: Decimal, fixed: int, low: int, more: int, bounded: bool) -> None:
    made = terms(
        rate_percent=rate, fixed_cents=fixed, min_cents=low, max_cents=low + more if bounded else None
    )
    assert CommissionTerms.from_json(made.as_json()) == made


@given(bases=st.lists(st.integers(1, 1_000_000), min_size=1, max_size=12), rate=rates, low=cents)
def test_the_parts_sum_to_the_whole_and_fit_their_bases(bases: list[int], rate: Decimal, low: int) -> None:
    total = compute_commission(terms(rate_percent=rate, min_cents=low), sum(bases))
    parts = spread_commission(total, bases)
    assert sum(parts) == total
    assert all(0 <= part <= base for part, base in zip(parts, bases, strict=True))

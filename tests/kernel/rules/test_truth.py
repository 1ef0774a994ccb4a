"""Kleene's tables and the laws that follow from them."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.rules.truth import Truth, at_least, every, negate, none_of, some

T, F, U = Truth.TRUE, Truth.FALSE, Truth.UNKNOWN
truths = st.sampled_from(Truth)
lists = st.lists(truths, max_size=7)


@pytest.mark.parametrize(
    ("first", "second", "both", "either"),
    [
        (T, T, T, T),
        (T, U, U, T),
        (T, F, F, T),
        (U, T, U, T),
        (U, U, U, U),
        (U, F, F, U),
        (F, T, F, T),
        (F, U, F, U),
        (F, F, F, F),
    ],
)
def test_kleenes_tables(first: Truth, second: Truth, both: Truth, either: Truth) -> None:
    assert every([first, second]) == both
    assert some([first, second]) == either


def test_negation_keeps_what_is_not_known() -> None:
    assert [negate(value) for value in (T, F, U)] == [F, T, U]


@given(lists)
def test_de_morgan(values: list[Truth]) -> None:
    assert negate(every(values)) == some([negate(value) for value in values])
    assert negate(some(values)) == every([negate(value) for value in values]) == none_of(values)


@given(lists, lists)
def test_order_and_grouping_do_not_matter(left: list[Truth], right: list[Truth]) -> None:
    assert every(left + right) == every([every(left), every(right)]) == every(right + left)
    assert some(left + right) == some([some(left), some(right)]) == some(right + left)


@given(lists, lists)
def test_absorption(left: list[Truth], right: list[Truth]) -> None:
    first = every(left)
    assert every([first, some([first, every(right)])]) == first
    assert some([first, every([first, every(right)])]) == first


@given(st.integers(0, 8), st.lists(truths, max_size=6))
def test_at_least_is_what_all_completions_agree_on(count: int, values: list[Truth]) -> None:
    unknown = values.count(U)
    answers = set()
    for filling in itertools.product([True, False], repeat=unknown):
        rest = iter(filling)
        answers.add(sum(value == T or (value == U and next(rest)) for value in values) >= count)
    expected = U if len(answers) == 2 else (T if answers.pop() else F)
    assert at_least(count, values) == expected

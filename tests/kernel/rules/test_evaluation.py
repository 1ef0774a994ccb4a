"""Evaluation: definite answers stay, only facts that can matter are asked, and why is told."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.rules.document import parse_rule
from kernel.rules.evaluation import Evaluation, Outcome, evaluate
from kernel.rules.truth import Truth
from tests.kernel.rules.making import (
    ON,
    PARAMETERS,
    VALUES,
    VOCABULARY,
    all_facts,
    certain_documents,
    days,
    documents,
    facts,
    rows,
)


def answer(document: dict[str, Any], known: dict[str, Any], on: date = ON) -> Evaluation:
    rule = parse_rule(document, VOCABULARY, PARAMETERS)
    return evaluate(rule, facts=known, vocabulary=VOCABULARY, on=on, parameters=PARAMETERS)


@given(documents, facts, all_facts, days)
def test_more_facts_never_change_a_definite_answer(
    document: dict[str, Any], known: dict[str, Any], more: dict[str, Any], on: date
) -> None:
    before = answer(document, known, on)
    after = answer(document, {**more, **known}, on)
    if before.truth != Truth.UNKNOWN:
        assert after.truth == before.truth
        assert before.missing == ()
    for earlier, later in zip(before.clauses(), after.clauses(), strict=True):
        assert earlier.truth in (Truth.UNKNOWN, later.truth)


@given(certain_documents, all_facts)
def test_with_every_fact_there_is_an_answer(document: dict[str, Any], known: dict[str, Any]) -> None:
    assert answer(document, known).outcome in (Outcome.YES, Outcome.NO)


@given(documents, facts, all_facts, days)
def test_only_facts_that_can_still_matter_are_asked(
    document: dict[str, Any], known: dict[str, Any], more: dict[str, Any], on: date
) -> None:
    before = answer(document, known, on)
    if before.truth == Truth.UNKNOWN:
        useless = {key: value for key, value in more.items() if key not in (*known, *before.missing)}
        assert answer(document, {**useless, **known}, on).truth == Truth.UNKNOWN
        assert set(before.missing).isdisjoint(known)
        assert (before.outcome == Outcome.NEEDS_FACTS) == bool(before.missing)


@given(certain_documents, facts, all_facts)
def test_answering_what_is_asked_is_enough(
    document: dict[str, Any], known: dict[str, Any], more: dict[str, Any]
) -> None:
    asked = answer(document, known)
    while asked.outcome == Outcome.NEEDS_FACTS:
        known = {**known, **{key: more[key] for key in asked.missing}}
        asked = answer(document, known)
    assert asked.truth == answer(document, {**more, **known}).truth != Truth.UNKNOWN


@given(documents, facts, days, st.randoms(use_true_random=False))
def test_the_same_question_has_the_same_answer(
    document: dict[str, Any], known: dict[str, Any], on: date, random: Any
) -> None:
    shuffled = list(known.items())
    random.shuffle(shuffled)
    assert answer(document, dict(shuffled), on).root == answer(document, known, on).root


@pytest.mark.parametrize(
    ("operator", "value", "yes", "no"),
    [
        ("lt", "3", Decimal("2.999"), Decimal(3)),
        ("lte", "3", Decimal(3), Decimal("3.001")),
        ("gt", "3", Decimal("3.001"), Decimal(3)),
        ("gte", "3", Decimal(3), Decimal("2.999")),
        ("between", ["1", "3"], Decimal(3), Decimal("3.001")),
        ("between", ["1", "3"], Decimal(1), Decimal("0.999")),
        ("eq", "3", Decimal("3.0"), Decimal(4)),
        ("ne", "3", Decimal(4), Decimal("3.00")),
        ("in", ["3", "4"], Decimal(4), Decimal(5)),
    ],
)
def test_limits_of_measures(operator: str, value: Any, yes: Decimal, no: Decimal) -> None:
    document = rows({"fact": "age", "operator": operator, "value": value})
    assert answer(document, {"age": yes}).outcome == Outcome.YES
    assert answer(document, {"age": no}).outcome == Outcome.NO
    assert answer(document, {}).outcome == Outcome.NEEDS_FACTS


@pytest.mark.parametrize(
    ("row", "yes", "no"),
    [
        ({"fact": "naf", "operator": "prefix", "value": ["62", "63"]}, "62.01Z", "26.20Z"),
        (
            {"fact": "place", "operator": "within", "value": ["79", "R53"]},
            frozenset({"79191", "79", "R75"}),
            frozenset({"33063", "33", "R75"}),
        ),
        ({"fact": "rubrics", "operator": "overlaps", "value": ["site"]}, frozenset({"site"}), frozenset()),
        ({"fact": "room", "operator": "room_left"}, 1, 0),
        ({"fact": "signed", "operator": "eq", "value": True}, True, False),
        ({"fact": "state", "operator": "in", "value": ["active"]}, "active", "closed"),
        ({"fact": "founded", "operator": "gte", "value": "2024-02-29"}, date(2024, 2, 29), date(2024, 2, 28)),
    ],
)
def test_other_operators(row: dict[str, Any], yes: Any, no: Any) -> None:
    assert answer(rows(row), {row["fact"]: yes}).outcome == Outcome.YES
    assert answer(rows(row), {row["fact"]: no}).outcome == Outcome.NO


def test_a_parameter_has_the_value_of_its_day() -> None:
    document = rows({"fact": "room", "operator": "lte", "parameter": "ceiling"})
    known = {"room": 25_000_000}
    assert answer(document, known, date(2023, 12, 31)).outcome == Outcome.NO
    assert answer(document, known, date(2024, 1, 1)).outcome == Outcome.YES
    before_any = answer(document, known, date(2013, 12, 31))
    assert before_any.outcome == Outcome.NEEDS_PERSON
    assert before_any.used_parameters == {}


def test_a_person_is_asked_only_when_nothing_else_can_decide() -> None:
    human = {"operator": "human", "met": {"fr": "Le comité a donné son accord."}}
    age = {"fact": "age", "operator": "lt", "value": "3"}
    document = rows(human, age)
    assert answer(document, {}).missing == ("age",)
    assert answer(document, {"age": Decimal(1)}).outcome == Outcome.NEEDS_PERSON
    assert answer(document, {"age": Decimal(5)}).outcome == Outcome.NO
    assert answer(rows(human, age, group="any"), {"age": Decimal(1)}).outcome == Outcome.YES


def test_a_rule_without_conditions_takes_everybody() -> None:
    assert answer(rows(), {}).outcome == Outcome.YES


@given(st.data())
def test_nothing_of_a_decided_group_is_asked(data: st.DataObject) -> None:
    document = rows(
        {
            "group": "any",
            "rows": [
                {"fact": "signed", "operator": "eq", "value": True},
                {"fact": "naf", "operator": "prefix", "value": ["62"]},
            ],
        },
        {"fact": "age", "operator": "lt", "value": "3"},
    )
    known = {"signed": True, "state": data.draw(VALUES[VOCABULARY["state"].kind])}
    assert answer(document, known).missing == ("age",)

"""Examples: agreed or not, and what they do not show yet before a rule may be published."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given

from kernel.rules.document import parse_rule
from kernel.rules.evaluation import Outcome
from kernel.rules.examples import Example, gaps, read_example, suggested, try_examples
from kernel.rules.facts import read_facts, write_facts
from tests.kernel.rules.making import ON, PARAMETERS, VOCABULARY, documents, rows

DOCUMENT = rows(
    {"fact": "age", "operator": "lt", "value": "3"},
    {"fact": "rubrics", "operator": "overlaps", "value": ["site"]},
    {"fact": "room", "operator": "lte", "parameter": "ceiling"},
)


def tried(document: Any, *examples: Example) -> Any:
    rule = parse_rule(document, VOCABULARY, PARAMETERS)
    return rule, try_examples(rule, examples, vocabulary=VOCABULARY, parameters=PARAMETERS)


def case(expected: Outcome, **known: Any) -> Example:
    return Example("cas", known, ON, expected)


def test_what_is_missing_before_publication() -> None:
    rule, done = tried(DOCUMENT)
    assert [(gap.wanted, gap.limit) for gap in gaps(rule, done, parameters=PARAMETERS)] == [
        ("in", None),
        ("out", None),
        ("limit", Decimal(3)),
        ("limit", 30_000_000),
    ]
    site = frozenset({"site"})
    rule, done = tried(
        DOCUMENT,
        case(Outcome.YES, age=Decimal(2), rubrics=site, room=30_000_000),
        case(Outcome.NO, age=Decimal(3), rubrics=site, room=1),
    )
    assert all(one.agrees for one in done)
    assert gaps(rule, done, parameters=PARAMETERS) == []


def test_a_wrong_expectation_is_seen() -> None:
    _rule, done = tried(DOCUMENT, case(Outcome.YES, age=Decimal(3)))
    assert not done[0].agrees


def test_a_limit_that_moved_wants_an_example_on_its_own_day() -> None:
    old = Example("avant", {"room": 30_000_000}, date(2020, 1, 1), Outcome.NO)
    rule, done = tried(rows({"fact": "room", "operator": "lte", "parameter": "ceiling"}), old)
    assert "limit" in [gap.wanted for gap in gaps(rule, done, parameters=PARAMETERS)]


def test_a_rule_for_everybody_needs_nobody_outside() -> None:
    rule, done = tried(rows(), case(Outcome.YES))
    assert gaps(rule, done) == []


@given(documents)
def test_suggestions_are_facts_of_the_vocabulary(document: Any) -> None:
    rule = parse_rule(document, VOCABULARY, PARAMETERS)
    for facts in suggested(rule, vocabulary=VOCABULARY, on=ON, parameters=PARAMETERS):
        assert read_facts(VOCABULARY, write_facts(facts)) == facts


def test_suggestions_stand_on_every_limit() -> None:
    rule = parse_rule(DOCUMENT, VOCABULARY, PARAMETERS)
    cases = suggested(rule, vocabulary=VOCABULARY, on=ON, parameters=PARAMETERS)
    examples = [Example(str(n), facts, ON, Outcome.YES) for n, facts in enumerate(cases)]
    done = try_examples(rule, examples, vocabulary=VOCABULARY, parameters=PARAMETERS)
    assert gaps(rule, done, parameters=PARAMETERS) == []


def test_an_example_is_read_from_what_was_kept() -> None:
    read = read_example(VOCABULARY, name="a", facts={"age": "2"}, on=ON, expected="yes")
    assert read.facts == {"age": Decimal(2)}
    with pytest.raises(ValueError, match="maybe"):
        read_example(VOCABULARY, name="a", facts={}, on=ON, expected="maybe")

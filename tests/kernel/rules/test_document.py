"""Documents: strict, canonical, faults at their rows, and no other error whatever they hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.rules.canonical import canonical_json
from kernel.rules.document import MOST_ROWS, parse_rule
from kernel.rules.errors import RuleError, RuleInvalid
from kernel.rules.facts import read_facts, write_facts
from tests.kernel.rules.making import PARAMETERS, VOCABULARY, documents, facts, rows

AGE = {"fact": "age", "operator": "lt", "value": "3"}


def faults(document: Any) -> list[tuple[str, str]]:
    with pytest.raises(RuleInvalid) as caught:
        parse_rule(document, VOCABULARY, PARAMETERS)
    assert all(error.message for error in caught.value.errors)
    return [(error.path, error.field) for error in caught.value.errors]


@given(documents)
def test_a_document_survives_json_and_reading(document: dict[str, Any]) -> None:
    rule = parse_rule(document, VOCABULARY, PARAMETERS)
    again = parse_rule(json.loads(canonical_json(rule.document)), VOCABULARY, PARAMETERS)
    assert (again.document, again.sha256, again.root) == (rule.document, rule.sha256, rule.root)


@given(facts)
def test_facts_survive_json(known: dict[str, Any]) -> None:
    written = json.loads(canonical_json(write_facts(known)))
    assert read_facts(VOCABULARY, written) == known


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({"fact": "unheard", "operator": "eq", "value": "1"}, ("2.1", "fact")),
        ({"fact": "age", "operator": "prefix", "value": ["1"]}, ("2.1", "operator")),
        ({"fact": "age", "operator": "resembles", "value": "1"}, ("2.1", "operator")),
        ({"fact": "age", "operator": "lt", "value": 2.5}, ("2.1", "value")),
        ({"fact": "age", "operator": "lt"}, ("2.1", "value")),
        ({"fact": "age", "operator": "between", "value": ["3", "1"]}, ("2.1", "value")),
        ({"fact": "state", "operator": "eq", "value": "asleep"}, ("2.1", "value")),
        ({"fact": "signed", "operator": "eq", "value": "yes"}, ("2.1", "value")),
        ({"fact": "founded", "operator": "gte", "value": "2025-02-29"}, ("2.1", "value")),
        ({"fact": "room", "operator": "lte", "value": True}, ("2.1", "value")),
        ({"fact": "room", "operator": "room_left", "value": 1}, ("2.1", "value")),
        ({"fact": "room", "operator": "lte", "parameter": "unheard"}, ("2.1", "parameter")),
        ({"fact": "age", "operator": "lte", "parameter": "ceiling"}, ("2.1", "parameter")),
        ({"fact": "room", "operator": "lte", "parameter": "ceiling", "value": 1}, ("2.1", "parameter")),
        ({"operator": "human"}, ("2.1", "met")),
        ({"operator": "human", "fact": "age", "met": {"fr": "Vu."}}, ("2.1", "fact")),
        ({**AGE, "met": {"fr": "{0.__class__}"}}, ("2.1", "met")),
        ({**AGE, "met": {"de": "Ja."}}, ("2.1", "met")),
        ({**AGE, "weight": 2}, ("2.1", "")),
        ({"group": "all", "rows": []}, ("2.1", "group")),
        ({"group": "at_least", "count": 2, "rows": [AGE]}, ("2.1", "count")),
        ({"group": "any", "count": 1, "rows": [AGE]}, ("2.1", "count")),
        ([], ("2.1", "")),
    ],
)
def test_a_fault_is_named_at_its_row(row: Any, fault: tuple[str, str]) -> None:
    assert faults(rows(AGE, {"group": "any", "rows": [row, AGE]})) == [fault]


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"schema": 2, "root": {"group": "all", "rows": []}},
        {"schema": True, "root": {"group": "all", "rows": []}},
        {"schema": 1, "root": AGE},
        {"schema": 1, "root": {"group": "all", "rows": []}, "extra": 1},
        rows(group="any"),
    ],
)
def test_a_fault_of_the_whole(document: Any) -> None:
    assert [path for path, _field in faults(document)] == [""]


def test_all_faults_are_told_at_once() -> None:
    wrong = {"fact": "age", "operator": "lt", "value": "much"}
    assert faults(rows(wrong, AGE, wrong)) == [("1", "value"), ("3", "value")]


def test_size_and_depth_are_bounded() -> None:
    assert faults(rows(*[AGE] * (MOST_ROWS + 1))) == [(str(MOST_ROWS + 1), "")]
    deep: dict[str, Any] = AGE
    for _level in range(4):
        deep = {"group": "all", "rows": [deep]}
    assert faults(rows(deep)) == [("1.1.1.1", "")]


words = st.sampled_from(
    [
        *(
            "group",
            "rows",
            "count",
            "fact",
            "operator",
            "value",
            "parameter",
            "met",
            "unmet",
            "schema",
            "root",
        ),
        *("all", "at_least", "human", "age", "room", "place", "lt", "between", "within", "ceiling", "fr"),
    ]
)
leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | words
    | st.sampled_from(["3", "2026-01-01", "\u0000", "\ud800", "²", "9" * 400, 10**40])
)
anything = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(words | st.text(max_size=3), inner, max_size=5)
    ),
    max_leaves=30,
)


def read_or_refused(read: Callable[[], object]) -> None:
    """Nothing but the engine's own errors may come out, and each says something."""
    refusal: RuleError | None = None
    try:
        read()
    except RuleError as error:
        refusal = error
    assert refusal is None or str(refusal)


@settings(max_examples=400)
@given(anything | anything.map(lambda root: {"schema": 1, "root": {"group": "all", "rows": [root]}}))
def test_whatever_comes_is_read_or_refused(document: Any) -> None:
    read_or_refused(lambda: parse_rule(document, VOCABULARY, PARAMETERS))


@settings(max_examples=300)
@given(documents, st.data())
def test_a_broken_document_is_read_or_refused(document: dict[str, Any], data: st.DataObject) -> None:
    place: Any = document["root"]
    while "rows" in place and place["rows"] and data.draw(st.booleans()):
        place = data.draw(st.sampled_from(place["rows"]))
    place[data.draw(words)] = data.draw(anything)
    read_or_refused(lambda: parse_rule(document, VOCABULARY, PARAMETERS))


@given(st.dictionaries(st.sampled_from(list(VOCABULARY)) | st.text(max_size=3), anything, max_size=4))
def test_whatever_facts_come_are_read_or_refused(raw: dict[str, Any]) -> None:
    read_or_refused(lambda: read_facts(VOCABULARY, raw))

"""Kept evaluations are reached again, and a changed rule, fact or answer is noticed."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.rules.canonical import canonical_json
from kernel.rules.document import parse_rule
from kernel.rules.errors import RecordRefused, ReplayDiffers
from kernel.rules.evaluation import evaluate
from kernel.rules.record import record_of, record_sha256, replay
from tests.kernel.rules.making import ON, PARAMETERS, VOCABULARY, days, documents, facts, rows
from tests.kernel.rules.test_document import anything, read_or_refused

AGE = rows({"fact": "age", "operator": "lt", "value": "3"})


def kept(document: Any, known: dict[str, Any], on: date = ON) -> dict[str, Any]:
    rule = parse_rule(document, VOCABULARY, PARAMETERS)
    evaluation = evaluate(rule, facts=known, vocabulary=VOCABULARY, on=on, parameters=PARAMETERS)
    record: dict[str, Any] = json.loads(canonical_json(record_of(evaluation, revision="programme:1")))
    return record


@given(documents, facts, days)
def test_a_replay_reaches_the_same_answer(document: Any, known: dict[str, Any], on: date) -> None:
    record = kept(document, known, on)
    again = replay(record, parse_rule(document, VOCABULARY, PARAMETERS).document)
    assert again.outcome == record["outcome"]
    assert again.missing == tuple(record["missing"])
    # Kept again it is the same record: vocabulary and parameters of that day came with it.
    assert record_sha256(record_of(again, revision="programme:1")) == record_sha256(record)


def test_another_rule_is_refused() -> None:
    record = kept(AGE, {})
    with pytest.raises(RecordRefused):
        replay(record, rows({"fact": "age", "operator": "lt", "value": "4"}))


def test_a_forged_answer_is_noticed() -> None:
    record = kept(AGE, {})
    with pytest.raises(ReplayDiffers):
        replay({**record, "outcome": "yes"}, AGE)
    with pytest.raises(ReplayDiffers):
        replay({**record, "facts": {"age": "5"}}, AGE)


@given(anything, st.sampled_from(["schema", "kinds", "facts", "parameters", "on", "clauses", "rule_sha256"]))
def test_a_broken_record_is_refused(thing: Any, key: str) -> None:
    record = {**kept(AGE, {}), key: thing}
    read_or_refused(lambda: replay(record, AGE))
    read_or_refused(lambda: replay(thing, AGE))

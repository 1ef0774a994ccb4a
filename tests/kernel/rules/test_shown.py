"""The editor and the explanation as templates show them, for any rule and any answer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import given

from kernel.rules.document import parse_rule
from kernel.rules.editing import Row, document_of, row_of
from kernel.rules.errors import RuleInvalid
from kernel.rules.evaluation import evaluate
from kernel.rules.explained import ShownStep, lines_of, shown_answer
from kernel.rules.shown import Shower, ShownRow
from tests.kernel.rules.making import ON, PARAMETERS, VOCABULARY, documents, facts, rows


def all_rows(row: ShownRow) -> Iterator[ShownRow]:
    yield row
    for inner in row.rows:
        yield from all_rows(inner)


def all_steps(step: ShownStep) -> Iterator[ShownStep]:
    yield step
    for inner in step.rows:
        yield from all_steps(inner)


@given(documents)
def test_every_row_shows_what_it_says(document: dict[str, Any]) -> None:
    rule = parse_rule(document, VOCABULARY, PARAMETERS)
    root = row_of(rule.document, VOCABULARY)
    shown = list(all_rows(Shower(VOCABULARY, PARAMETERS, ON).show(root)))
    assert len({row.name for row in shown}) == len(shown)
    for row in shown:
        if row.row.is_group:
            assert [choice.value for choice in row.combines if choice.chosen] == [row.row.combine]
        else:
            assert len([choice for choice in row.facts if choice.chosen]) == 1
            assert row.is_human or [c.value for c in row.operators if c.chosen] == [row.row.operator]
    assert lines_of(rule.root, VOCABULARY, PARAMETERS)


@given(documents, facts)
def test_every_step_is_told(document: dict[str, Any], known: dict[str, Any]) -> None:
    rule = parse_rule(document, VOCABULARY, PARAMETERS)
    evaluation = evaluate(rule, facts=known, vocabulary=VOCABULARY, on=ON, parameters=PARAMETERS)
    steps = list(all_steps(shown_answer(evaluation)))
    assert len([step for step in steps if not step.rows]) == len(evaluation.clauses())
    for step in steps:
        assert step.words.strip()
        assert step.truth in {"Remplie", "Non remplie", "À préciser", "Sans effet"}
        if not evaluation.missing and evaluation.outcome in ("yes", "no"):
            assert step.truth != "À préciser"


def test_faults_stand_at_their_fields_and_in_the_summary() -> None:
    wrong = Row(fact="age", operator="lt", values=["beaucoup"])
    group = Row(is_group=True, combine="at_least", count="9", rows=[wrong, Row()])
    root = Row(is_group=True, combine="all", rows=[group])
    try:
        parse_rule(document_of(root, VOCABULARY), VOCABULARY, PARAMETERS)
    except RuleInvalid as error:
        errors = error.errors
    shower = Shower(VOCABULARY, PARAMETERS, ON, errors)
    shown = {row.name: row.faults for row in all_rows(shower.show(root))}
    assert set(shown["n-1"]) == {"count"}
    assert set(shown["n-1-1"]) == {"value"}
    assert set(shown["n-1-2"]) == {"operator"}
    assert [one["target"] for one in shower.summary(root)] == ["n-1-1-value", "n-1-2-operator", "n-1-count"]


def test_a_parameter_is_named_in_the_lines() -> None:
    rule = parse_rule(
        rows({"fact": "room", "operator": "lte", "parameter": "ceiling"}), VOCABULARY, PARAMETERS
    )
    assert lines_of(rule.root, VOCABULARY, PARAMETERS) == ["Reste : au plus Plafond"]

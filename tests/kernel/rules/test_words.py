"""Sentences: of the rule's own making or the author's, in both languages, with value and reason."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import translation
from hypothesis import given

from kernel.rules.document import parse_rule
from kernel.rules.evaluation import evaluate
from kernel.rules.words import condition, found, group_words, met_from, parameter_words, sentence
from tests.kernel.rules.making import ON, PARAMETERS, VOCABULARY, documents, facts, rows


def first(row: dict[str, Any], known: dict[str, Any]) -> Any:
    rule = parse_rule(rows(row), VOCABULARY, PARAMETERS)
    evaluation = evaluate(rule, facts=known, vocabulary=VOCABULARY, on=ON, parameters=PARAMETERS)
    return evaluation.clauses()[0], evaluation


def said(row: dict[str, Any], known: dict[str, Any]) -> str:
    step, _evaluation = first(row, known)
    return sentence(step, VOCABULARY)


def test_words_made_from_the_rule() -> None:
    assert said({"fact": "age", "operator": "lt", "value": "3"}, {}) == "Ancienneté : moins de 3 ans"
    assert said({"fact": "age", "operator": "between", "value": ["1", "3"]}, {}) == (
        "Ancienneté : entre 1 an et 3 ans"
    )
    assert said({"fact": "state", "operator": "eq", "value": "active"}, {}) == "Situation : Immatriculée"
    assert "300" in said({"fact": "room", "operator": "lte", "parameter": "ceiling"}, {})
    assert said({"fact": "founded", "operator": "gte", "value": "2024-03-02"}, {}).startswith(
        "Création : à partir du 2"
    )


def test_an_own_sentence_holds_the_value_and_knows_two_languages() -> None:
    row = {
        "fact": "age",
        "operator": "lt",
        "value": "3",
        "met": {"fr": "Elle a moins de {value}.", "en": "It is under {value}."},
        "unmet": {"fr": "Elle devait avoir moins de {value}."},
    }
    assert said(row, {"age": Decimal(1)}) == "Elle a moins de 3 ans."
    assert said(row, {"age": Decimal(4)}) == "Elle devait avoir moins de 3 ans."
    with translation.override("en"):
        assert said(row, {"age": Decimal(1)}).startswith("It is under 3")


def test_a_near_miss_says_what_was_found_and_from_when() -> None:
    row = {"fact": "age", "operator": "gte", "value": "2"}
    step, evaluation = first(row, {"age": Decimal(1), "founded": date(2024, 2, 29)})
    assert found(step, VOCABULARY) == "Constaté : 1 an."
    assert met_from(step, evaluation) == date(2026, 3, 1)
    step, evaluation = first(row, {"age": Decimal(1)})
    assert met_from(step, evaluation) is None
    too_old = {"fact": "age", "operator": "lt", "value": "2"}
    step, evaluation = first(too_old, {"age": Decimal(4), "founded": date(2022, 1, 1)})
    assert met_from(step, evaluation) is None


def test_parameters_say_what_is_in_force() -> None:
    assert "300" in parameter_words("ceiling", PARAMETERS, ON)
    assert "aucune valeur" in parameter_words("ceiling", PARAMETERS, date(2000, 1, 1))


@given(documents, facts)
def test_every_condition_has_a_sentence(document: Any, known: dict[str, Any]) -> None:
    rule = parse_rule(document, VOCABULARY, PARAMETERS)
    evaluation = evaluate(rule, facts=known, vocabulary=VOCABULARY, on=ON, parameters=PARAMETERS)
    assert group_words(rule.root)
    for step in evaluation.clauses():
        assert sentence(step, VOCABULARY).strip()
        assert condition(step.node, VOCABULARY).strip()
        assert "{value}" not in sentence(step, VOCABULARY)
        found(step, VOCABULARY)
        met_from(step, evaluation)

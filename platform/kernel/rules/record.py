"""Kept evaluations: canonical JSON with a hash, enough to reach the same answer again years later."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from kernel.rules.canonical import canonical_sha256
from kernel.rules.document import parse_rule
from kernel.rules.errors import RecordRefused, ReplayDiffers, RuleError
from kernel.rules.evaluation import Evaluation, evaluate
from kernel.rules.facts import Fact, Vocabulary, read_facts, write_facts
from kernel.rules.kinds import Kind, read_value, write_value
from kernel.rules.parameters import DatedValue, Parameter
from kernel.rules.tree import Clause

SCHEMA = 1


def record_of(evaluation: Evaluation, *, revision: str) -> dict[str, Any]:
    """What to keep of an answer; ``revision`` is the caller's own name of the rule revision.

    It holds the kinds of facts and the values of parameters as they were, so that a replay asks neither
    today's vocabulary nor today's parameters.
    """
    rule = evaluation.rule
    return {
        "schema": SCHEMA,
        "revision": revision,
        "rule_sha256": rule.sha256,
        "on": evaluation.on.isoformat(),
        "kinds": {key: evaluation.vocabulary[key].kind.value for key in rule.facts},
        "facts": write_facts(evaluation.facts),
        "parameters": {
            key: {
                "kind": evaluation.parameters[key].kind.value,
                "value": _kept_value(evaluation.used_parameters.get(key)),
            }
            for key in rule.parameters
        },
        "outcome": evaluation.outcome.value,
        "missing": list(evaluation.missing),
        "clauses": _truths(evaluation),
    }


def record_sha256(record: dict[str, Any]) -> str:
    """The hash under which a record is kept."""
    return canonical_sha256(record)


def replay(record: Any, document: Any) -> Evaluation:
    """Evaluate again from a record and its revision's document.

    Raises RecordRefused when the record cannot be read or belongs to another document, ReplayDiffers when
    the answer is not the one that was kept.
    """
    try:
        again = _again(record, document)
    except RuleError as error:
        raise RecordRefused(reason=str(error)) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RecordRefused(reason=_("il est incomplet.")) from error
    if again.rule.sha256 != record["rule_sha256"]:
        raise RecordRefused(reason=_("la règle n’est pas celle qui a servi."))
    if again.outcome != record["outcome"] or _truths(again) != record["clauses"]:
        raise ReplayDiffers(now=again.outcome.value, kept=record["outcome"])
    return again


def _again(record: Any, document: Any) -> Evaluation:
    if record["schema"] != SCHEMA:
        raise RecordRefused(reason=_("sa version n’est pas connue."))
    vocabulary = Vocabulary(Fact(key, Kind(kind), key) for key, kind in record["kinds"].items())
    on = date.fromisoformat(record["on"])
    parameters = {key: _kept_parameter(key, kept) for key, kept in record["parameters"].items()}
    return evaluate(
        parse_rule(document, vocabulary, parameters),
        facts=read_facts(vocabulary, record["facts"]),
        vocabulary=vocabulary,
        on=on,
        parameters=parameters,
    )


def _kept_value(dated: DatedValue | None) -> Any:
    return write_value(dated.value) if dated is not None and dated.value is not None else None


def _kept_parameter(key: str, kept: dict[str, Any]) -> Parameter:
    kind = Kind(kept["kind"])
    value = None if kept["value"] is None else read_value(kind, kept["value"])
    return Parameter(key, kind, key, (DatedValue(date.min, value),))


def _truths(evaluation: Evaluation) -> dict[str, str]:
    return {
        step.node.path: step.truth.value for step in evaluation.clauses() if isinstance(step.node, Clause)
    }

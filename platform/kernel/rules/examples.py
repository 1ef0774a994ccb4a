"""Saved examples: cases whose answer people know, run against a rule in tests and before it is published."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from kernel.rules.evaluation import Evaluation, Outcome, evaluate
from kernel.rules.facts import Fact, Facts, Vocabulary, is_many, read_facts
from kernel.rules.kinds import Kind, Value
from kernel.rules.operators import Operand, Operator, limits_of
from kernel.rules.parameters import NO_PARAMETERS, Parameters
from kernel.rules.tree import Clause, Combine, Rule


@dataclass(frozen=True)
class Example:
    """A case with a name, its facts, the legal date it is judged on, and the answer that is expected."""

    name: str
    facts: Facts
    on: date
    expected: Outcome


@dataclass(frozen=True)
class Tried:
    """An example with what the rule answered."""

    example: Example
    evaluation: Evaluation

    @property
    def agrees(self) -> bool:
        """Whether the rule answered as expected."""
        return self.evaluation.outcome == self.example.expected


@dataclass(frozen=True)
class Gap:
    """What the examples do not show yet: `in`, `out`, or a condition's limit."""

    wanted: str
    clause: Clause | None = None
    limit: Value | None = None


def read_example(
    vocabulary: Vocabulary, *, name: str, facts: Mapping[str, Any], on: date, expected: str
) -> Example:
    """An example from what is kept of it. Raises FactRefused; ValueError for an unknown answer."""
    return Example(name, read_facts(vocabulary, facts), on, Outcome(expected))


def try_examples(
    rule: Rule, examples: Iterable[Example], *, vocabulary: Vocabulary, parameters: Parameters = NO_PARAMETERS
) -> list[Tried]:
    """Each example with the rule's answer."""
    return [
        Tried(
            example,
            evaluate(rule, facts=example.facts, vocabulary=vocabulary, on=example.on, parameters=parameters),
        )
        for example in examples
    ]


def gaps(rule: Rule, tried: Iterable[Tried], *, parameters: Parameters = NO_PARAMETERS) -> list[Gap]:
    """What is missing before publication: one example that is in, one that is out, one on each limit.

    A rule that turns nobody away needs no example that is out.
    """
    done = list(tried)
    answers = {one.evaluation.outcome for one in done}
    missing = [Gap("in")] if Outcome.YES not in answers and not _has_human(rule) else []
    if Outcome.NO not in answers and any(clause.fact for clause in rule.clauses()):
        missing.append(Gap("out"))
    for clause in rule.clauses():
        missing += [Gap("limit", clause, limit) for limit in _limits_without(clause, done, parameters)]
    return missing


def _has_human(rule: Rule) -> bool:
    return any(clause.operator == Operator.HUMAN for clause in rule.clauses())


def _limits_without(clause: Clause, done: list[Tried], parameters: Parameters) -> Iterator[Value]:
    if clause.parameter:
        # Its limit moves with the date: an example must stand on the one in force on its own day.
        on_it = [
            one
            for one in done
            if (dated := parameters[clause.parameter].on(one.example.on)) is not None
            and one.example.facts.get(clause.fact) == dated.value
        ]
        latest = parameters[clause.parameter].values
        if not on_it and latest and latest[-1].value is not None:
            yield latest[-1].value
        return
    shown = [one.example.facts.get(clause.fact) for one in done]
    yield from (limit for limit in limits_of(clause.operator, clause.operand) if limit not in shown)


def suggested(
    rule: Rule, *, vocabulary: Vocabulary, on: date, parameters: Parameters = NO_PARAMETERS
) -> list[dict[str, Value]]:
    """Cases worth keeping: one that meets everything and, for each condition, one on each of its limits.

    Only for rules whose conditions all must be met; others give no suggestion but the first. The answers
    expected are for people to say.
    """
    base: dict[str, Value] = {}
    clauses = [clause for clause in rule.clauses() if clause.fact]
    for clause in clauses:
        operand = _operand_on(clause, on, parameters)
        value = _satisfying(clause.operator, operand, vocabulary[clause.fact])
        if value is not None:
            base.setdefault(clause.fact, value)
    cases = [base]
    if rule.root.combine == Combine.ALL:
        for clause in clauses:
            operand = _operand_on(clause, on, parameters)
            cases.extend({**base, clause.fact: limit} for limit in limits_of(clause.operator, operand))
            outside = _failing(clause.operator, operand, vocabulary[clause.fact])
            if outside is not None and not limits_of(clause.operator, operand):
                cases.append({**base, clause.fact: outside})
    unique: list[dict[str, Value]] = []
    for case in cases:
        if case not in unique:
            unique.append(case)
    return unique


def _operand_on(clause: Clause, on: date, parameters: Parameters) -> Operand:
    if not clause.parameter:
        return clause.operand
    dated = parameters[clause.parameter].on(on)
    return dated.value if dated else None


def _satisfying(operator: Operator, operand: Operand, fact: Fact) -> Value | None:
    if operator == Operator.ROOM_LEFT:
        return 100
    if operand is None:
        return None
    if isinstance(operand, tuple):
        return frozenset({str(operand[0])}) if is_many(fact) else operand[0]
    if operator == Operator.GT:
        return _beside(operand, 1)
    if operator == Operator.LT:
        return _beside(operand, -1)
    return _other((operand,), fact) if operator == Operator.NE else operand


def _failing(operator: Operator, operand: Operand, fact: Fact) -> Value | None:
    """A value that does not meet a condition without limits."""
    if is_many(fact):
        return frozenset()
    if operator == Operator.NE and not isinstance(operand, tuple):
        return operand
    if operator in {Operator.EQ, Operator.IN, Operator.PREFIX} and operand is not None:
        return _other(operand if isinstance(operand, tuple) else (operand,), fact)
    return None


def _beside(value: Value, steps: int) -> Value | None:
    if isinstance(value, bool | str | frozenset):
        return None
    if isinstance(value, date):
        shifted = value.toordinal() + steps
        return date.fromordinal(shifted) if 1 <= shifted <= date.max.toordinal() else None
    return value + (Decimal(steps) if isinstance(value, Decimal) else steps)


def _other(values: tuple[Value, ...], fact: Fact) -> Value | None:
    """A value of the fact that is none of ``values``."""
    if fact.kind == Kind.CHOICE:
        return next((code for code, _words in fact.choices if code not in values), None)
    first = values[0]
    if isinstance(first, bool):
        return not first
    if isinstance(first, str):
        return "-"
    return _beside(max(values), 1)  # type: ignore[type-var]

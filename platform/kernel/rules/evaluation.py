"""Evaluation: a pure function of a rule, facts, parameters and a legal date, with every step explained."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kernel.rules.facts import Facts, Vocabulary
from kernel.rules.kinds import Value
from kernel.rules.operators import Operand, Operator, holds
from kernel.rules.parameters import NO_PARAMETERS, DatedValue, Parameters
from kernel.rules.tree import Clause, Group, Node, Rule
from kernel.rules.truth import Truth, truth_of


class Outcome(StrEnum):
    """The answer. `needs_facts` lists what to ask; `needs_person` can be decided by nobody but staff."""

    YES = "yes"
    NO = "no"
    NEEDS_FACTS = "needs_facts"
    NEEDS_PERSON = "needs_person"


@dataclass(frozen=True)
class Step:
    """What became of one node: its truth, and for a condition the value and the limit that were compared.

    `matters` says whether an unknown step can still change the answer. `rows` are those of a group.
    """

    node: Node
    truth: Truth
    matters: bool
    value: Value | None = None
    operand: Operand = None
    rows: tuple[Step, ...] = ()

    def clauses(self) -> Iterator[Step]:
        """The steps of all conditions below, in the order of reading."""
        if isinstance(self.node, Clause):
            yield self
        for row in self.rows:
            yield from row.clauses()


@dataclass(frozen=True)
class Evaluation:
    """An answer with its explanation and all that it was made of."""

    rule: Rule
    vocabulary: Vocabulary
    parameters: Parameters
    on: date
    outcome: Outcome
    root: Step
    facts: dict[str, Value]
    """The known facts that the rule speaks of."""
    known: Facts
    """All facts that were given, for words beside the answer."""
    used_parameters: dict[str, DatedValue]
    missing: tuple[str, ...]
    """Facts that are not known and can still change the answer, in the order of reading."""

    @property
    def truth(self) -> Truth:
        """The truth of the whole rule."""
        return self.root.truth

    def clauses(self) -> list[Step]:
        """Every condition with what became of it, in the order of reading."""
        return list(self.root.clauses())


def evaluate(
    rule: Rule,
    *,
    facts: Facts,
    vocabulary: Vocabulary,
    on: date,
    parameters: Parameters = NO_PARAMETERS,
) -> Evaluation:
    """Answer for a legal date. Facts that are not given are not known; nothing is read from elsewhere."""
    dated = {key: value for key in rule.parameters if (value := parameters[key].on(on)) is not None}
    bare = _step(rule.root, facts, dated)
    root = _marked(bare, matters=bare.truth == Truth.UNKNOWN)
    missing = tuple(
        dict.fromkeys(
            step.node.fact
            for step in root.clauses()
            if step.matters and isinstance(step.node, Clause) and step.node.fact and step.value is None
        )
    )
    return Evaluation(
        rule=rule,
        vocabulary=vocabulary,
        parameters=parameters,
        on=on,
        outcome=_outcome(root.truth, missing),
        root=root,
        facts={key: facts[key] for key in rule.facts if key in facts},
        known=facts,
        used_parameters=dated,
        missing=missing,
    )


def _outcome(truth: Truth, missing: tuple[str, ...]) -> Outcome:
    if truth == Truth.UNKNOWN:
        return Outcome.NEEDS_FACTS if missing else Outcome.NEEDS_PERSON
    return Outcome.YES if truth == Truth.TRUE else Outcome.NO


def _step(node: Node, facts: Facts, dated: dict[str, DatedValue]) -> Step:
    if isinstance(node, Group):
        rows = tuple(_step(row, facts, dated) for row in node.rows)
        return Step(node, node.decide(row.truth for row in rows), False, rows=rows)
    if node.operator == Operator.HUMAN:
        return Step(node, Truth.UNKNOWN, False)
    value = facts.get(node.fact)
    operand = node.operand
    if node.parameter:
        found = dated.get(node.parameter)
        if found is None:
            return Step(node, Truth.UNKNOWN, False, value)
        operand = found.value
    if value is None:
        return Step(node, Truth.UNKNOWN, False, None, operand)
    return Step(node, truth_of(holds(node.operator, value, operand)), False, value, operand)


def _marked(step: Step, *, matters: bool) -> Step:
    """Whatever is unknown inside something unknown can change it; nothing else can."""
    here = matters and step.truth == Truth.UNKNOWN
    rows = tuple(_marked(row, matters=here) for row in step.rows)
    return Step(step.node, step.truth, here, step.value, step.operand, rows)

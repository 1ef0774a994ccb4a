"""Where a business stands with a programme before it orders anything: met, not met, still to say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import prefetch_related_objects

from billing.funding import vocabulary as keys
from billing.funding.estimate import deminimis_room
from billing.funding.facts import answered_facts, business_facts
from billing.funding.models import DecisionMode, Programme
from billing.funding.rules import Reading, in_force
from billing.funding.usage import usage_of
from kernel.rules.errors import RuleInvalid
from kernel.rules.evaluation import Evaluation, Outcome, Step, evaluate
from kernel.rules.facts import Fact, Source
from kernel.rules.kinds import Value
from kernel.rules.tree import Clause

if TYPE_CHECKING:
    from tenants.parties.models import Party

# Told by the order alone.
_OF_THE_ORDER = {keys.CATEGORIES, keys.ORDER_EXCL}


@dataclass(frozen=True)
class Situation:
    """The answer for a business, the rows of the rule that are about it, and what is missing.

    ``asked`` are questions to answer, ``account`` facts that its account should say;
    ``deminimis_room_cents`` is None where it does not count or is not known.
    """

    outcome: Outcome
    evaluation: Evaluation
    steps: tuple[Step, ...]
    asked: tuple[Fact, ...]
    account: tuple[Fact, ...]
    deminimis_room_cents: int | None


def situation_of(
    programme: Programme, party: Party, on: date, reading: Reading | None = None
) -> Situation | None:
    """A business and a programme on a legal date; what depends on an order is taken as favourable.

    None for a programme without a rule that can be read.
    """
    revision = in_force(programme.revisions.all(), max(on, programme.starts_on))
    if revision is None:
        return None
    reading = reading or Reading()
    try:
        rule = reading.rule(revision)
    except RuleInvalid:
        return None
    prefetch_related_objects([party], "roles", "vat_regime_periods")
    facts: dict[str, Value] = {
        **answered_facts(party, reading.vocabulary),
        **business_facts(party, on),
        keys.CATEGORIES: frozenset(programme.eligibility.get("categories", ())),
    }
    evaluation = evaluate(
        rule, facts=facts, vocabulary=reading.vocabulary, on=on, parameters=reading.parameters
    )
    room = deminimis_room(facts, reading.parameters, on, usage_of(party)) if programme.is_de_minimis else None
    missing = [key for key in evaluation.missing if key not in _OF_THE_ORDER]
    if programme.is_de_minimis and keys.DEMINIMIS_RECEIVED not in facts:
        missing.append(keys.DEMINIMIS_RECEIVED)
    outcome = _outcome(programme, evaluation, room, missing)
    named = [reading.vocabulary[key] for key in dict.fromkeys(missing)] if outcome != Outcome.NO else []
    return Situation(
        outcome=outcome,
        evaluation=evaluation,
        steps=tuple(step for step in _rows(evaluation.root) if not _of_the_order(step)),
        asked=tuple(fact for fact in named if fact.source == Source.ASKED),
        account=tuple(fact for fact in named if fact.source != Source.ASKED),
        deminimis_room_cents=room,
    )


def _outcome(programme: Programme, evaluation: Evaluation, room: int | None, missing: list[str]) -> Outcome:
    if evaluation.outcome == Outcome.NO or room == 0:
        return Outcome.NO
    if missing:
        return Outcome.NEEDS_FACTS
    if evaluation.outcome == Outcome.NEEDS_PERSON or programme.decision == DecisionMode.REVIEWED:
        return Outcome.NEEDS_PERSON
    return Outcome.YES


def _rows(root: Step) -> tuple[Step, ...]:
    """The rows of a rule whose conditions all must be met; else the rule as one."""
    return root.rows if not isinstance(root.node, Clause) and root.node.combine == "all" else (root,)


def _of_the_order(step: Step) -> bool:
    return isinstance(step.node, Clause) and step.node.fact in _OF_THE_ORDER

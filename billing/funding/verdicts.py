"""Whether a programme may pay for a basket: its rule for each item, and its own terms, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from billing.funding import vocabulary as keys
from billing.funding.models import DecisionMode, Programme, RuleRevision
from billing.funding.rules import Reading, in_force
from kernel.rules.errors import RuleInvalid
from kernel.rules.evaluation import Evaluation, Outcome, evaluate
from kernel.rules.facts import Facts
from kernel.rules.kinds import Value
from kernel.rules.record import record_of
from kernel.rules.truth import Truth, truth_of
from kernel.web.formats import format_money


@dataclass(frozen=True)
class Term:
    """A condition of the programme beside its rule: the spend it wants, its budget, the room left."""

    code: str
    truth: Truth
    words: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What it says, in the active language."""
        return _SENTENCES[self.code]() % {
            name: format_money(value) if name.endswith("cents") and value is not None else value
            for name, value in self.words.items()
        }


@dataclass(frozen=True)
class Basket:
    """What verdicts are about: prices excl. VAT in cents and facts by item, and facts of the buyer."""

    excl_cents: Mapping[str, int]
    item_facts: Mapping[str, Facts]
    facts: Facts
    on: date

    def of(self, item: str) -> dict[str, Value]:
        """All that is known for one item."""
        return {
            **self.facts,
            keys.ORDER_EXCL: sum(self.excl_cents.values()),
            **self.item_facts.get(item, {}),
        }


@dataclass(frozen=True)
class Verdict:
    """A programme's answer. ``sure`` items may be paid for, ``open`` ones perhaps once more is known."""

    programme: Programme
    revision: RuleRevision | None
    outcome: Outcome
    evaluations: Mapping[str, Evaluation]
    terms: tuple[Term, ...]
    missing: tuple[str, ...]

    @property
    def sure(self) -> frozenset[str]:
        """Items for which the rule says yes."""
        return frozenset(key for key, one in self.evaluations.items() if one.outcome == Outcome.YES)

    @property
    def open(self) -> frozenset[str]:
        """Items for which the rule does not say no."""
        return frozenset(key for key, one in self.evaluations.items() if one.outcome != Outcome.NO)

    def records(self) -> dict[str, dict[str, Any]]:
        """What to keep of each item's evaluation, so that it can be replayed with its revision."""
        if self.revision is None:
            return {}
        return {
            key: record_of(one, revision=self.revision.reference) for key, one in self.evaluations.items()
        }


def verdict_on(
    programme: Programme,
    basket: Basket,
    *,
    budget_cents: int,
    deminimis_room_cents: int | None,
    reading: Reading,
) -> Verdict:
    """A programme's answer for a basket. ``budget_cents`` is left in the budget year; the room None when
    it is not known."""
    revision = in_force(programme.revisions.all(), basket.on)
    try:
        evaluations = _evaluations(revision, basket, reading) if revision else {}
    except RuleInvalid:
        unreadable = (Term("unreadable", Truth.UNKNOWN),)
        return Verdict(programme, revision, Outcome.NEEDS_PERSON, {}, unreadable, ())
    open_items = [key for key, one in evaluations.items() if one.outcome != Outcome.NO]
    spend = sum(basket.excl_cents[key] for key in open_items)
    terms = tuple(_terms(programme, spend, budget_cents, deminimis_room_cents, basket.on))
    missing = tuple(dict.fromkeys(key for one in evaluations.values() for key in one.missing))
    if open_items and programme.is_de_minimis and deminimis_room_cents is None:
        missing = tuple(dict.fromkeys((*missing, keys.DEMINIMIS_RECEIVED)))
    outcome = _outcome(programme, list(evaluations.values()), terms, missing)
    return Verdict(programme, revision, outcome, evaluations, terms, () if outcome == Outcome.NO else missing)


def _evaluations(revision: RuleRevision, basket: Basket, reading: Reading) -> dict[str, Evaluation]:
    rule = reading.rule(revision)
    return {
        key: evaluate(
            rule,
            facts=basket.of(key),
            vocabulary=reading.vocabulary,
            on=basket.on,
            parameters=reading.parameters,
        )
        for key in basket.excl_cents
    }


def _outcome(
    programme: Programme, evaluations: Sequence[Evaluation], terms: Sequence[Term], missing: Sequence[str]
) -> Outcome:
    answers = {one.outcome for one in evaluations}
    if not answers - {Outcome.NO} or any(term.truth == Truth.FALSE for term in terms):
        return Outcome.NO
    if any(term.truth == Truth.UNKNOWN for term in terms) or Outcome.YES not in answers:
        return Outcome.NEEDS_FACTS if missing else Outcome.NEEDS_PERSON
    return Outcome.NEEDS_PERSON if programme.decision == DecisionMode.REVIEWED else Outcome.YES


def _terms(
    programme: Programme, spend_cents: int, budget_cents: int, room_cents: int | None, on: date
) -> list[Term]:
    terms = [Term("budget", truth_of(budget_cents > 0), {"year": on.year, "left_cents": budget_cents})]
    if programme.min_spend_cents:
        terms.append(
            Term(
                "spend",
                truth_of(spend_cents >= programme.min_spend_cents),
                {"least_cents": programme.min_spend_cents},
            )
        )
    if programme.is_de_minimis:
        truth = Truth.UNKNOWN if room_cents is None else truth_of(room_cents > 0)
        terms.append(
            Term("room" if room_cents is not None else "room_unknown", truth, {"left_cents": room_cents})
        )
    return terms


_SENTENCES = {
    "budget": lambda: _("Budget %(year)s : il reste %(left_cents)s."),
    "spend": lambda: _("Dépense aidée d’au moins %(least_cents)s HT."),
    "room": lambda: _("Plafond européen des petites aides (de minimis) : il reste %(left_cents)s."),
    "room_unknown": lambda: _("Plafond européen des petites aides (de minimis) : place restante inconnue."),
    "unreadable": lambda: _("La règle de ce dispositif doit être revue par l’équipe."),
    "stacking": lambda: _("Une autre aide prend déjà en charge cette prestation ; elles ne se cumulent pas."),
}

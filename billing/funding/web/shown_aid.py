"""The aid of a basket in words: who pays how much, what is met, what is missing, what can still be said."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from billing.funding import vocabulary as keys
from billing.funding.estimate import BOUND_WORDS, FundingEstimate, ProgrammeEstimate
from billing.funding.verdicts import Verdict
from billing.funding.vocabulary import funding_vocabulary
from kernel.rules.evaluation import Evaluation, Outcome, Step
from kernel.rules.explained import ShownStep, shown_step
from kernel.rules.facts import Fact, Source
from kernel.rules.tree import Clause, Combine
from kernel.rules.truth import Truth
from kernel.rules.words import TRUTH_TONES, TRUTH_WORDS

if TYPE_CHECKING:
    from billing.funding.models import Programme

_UNSAID = {keys.CATEGORIES}


@dataclass(frozen=True)
class ShownProgramme:
    """One programme: its state in a word, cents, the rows that decide, what is missing."""

    programme: Programme
    name: str
    outcome: str
    tone: str
    word: str
    cents: int
    possible_cents: int
    bound: str
    steps: tuple[ShownStep, ...]
    missing: tuple[str, ...]
    met_from: date | None


@dataclass(frozen=True)
class ShownAid:
    """All programmes that concern a basket, and what is left to pay, in cents incl. VAT."""

    programmes: tuple[ShownProgramme, ...] = ()
    cents: int = 0
    to_pay_cents: int = 0
    asked: tuple[Fact, ...] = field(default=())
    """Questions whose answer can still change something."""
    account: tuple[Fact, ...] = field(default=())
    """What the account of the business should say."""

    @property
    def helping(self) -> tuple[ShownProgramme, ...]:
        """Those that pay."""
        return tuple(one for one in self.programmes if one.cents)

    @property
    def possible(self) -> tuple[ShownProgramme, ...]:
        """Those that might pay once more is known, or a person has decided."""
        return tuple(one for one in self.programmes if not one.cents and one.possible_cents)

    @property
    def refused(self) -> tuple[ShownProgramme, ...]:
        """Those that concern the basket and do not pay."""
        return tuple(one for one in self.programmes if not one.cents and not one.possible_cents)


def shown_aid(estimate: FundingEstimate) -> ShownAid:
    """An estimate in the active language; programmes that concern nothing in the basket are left out."""
    relevant = [one for one in estimate.programmes if _concerns(one.verdict)]
    wanted = dict.fromkeys(
        key for one in relevant if one.possible_cents and not one.cents for key in one.verdict.missing
    )
    vocabulary = funding_vocabulary() if wanted else None
    facts = [vocabulary[key] for key in wanted if vocabulary is not None and key in vocabulary]
    return ShownAid(
        programmes=tuple(_shown(one) for one in relevant),
        cents=estimate.cents,
        to_pay_cents=estimate.to_pay_cents,
        asked=tuple(fact for fact in facts if fact.source == Source.ASKED),
        account=tuple(fact for fact in facts if fact.source != Source.ASKED),
    )


def programme_name(programme: Programme) -> str:
    """Its name in the active language."""
    return (get_language() == "en" and programme.name_en) or programme.name


def _shown(one: ProgrammeEstimate) -> ShownProgramme:
    tone, word = _state(one)
    evaluation = _telling(one.verdict)
    steps = (
        [shown_step(step, evaluation) for step in _rows(evaluation) if _is_said(step)]
        if evaluation is not None
        else []
    )
    terms = [
        ShownStep("", term.sentence, TRUTH_TONES[term.truth], str(TRUTH_WORDS[term.truth]))
        for term in one.verdict.terms
    ]
    unmet = [step for step in steps if step.met_from is not None]
    return ShownProgramme(
        programme=one.programme,
        name=programme_name(one.programme),
        outcome=one.outcome.value,
        tone=tone,
        word=word,
        cents=one.cents,
        possible_cents=0 if one.cents else one.possible_cents,
        bound=str(BOUND_WORDS[one.bound]),
        steps=(*steps, *terms),
        missing=_missing(one.verdict, evaluation),
        met_from=unmet[0].met_from if len(unmet) == 1 else None,
    )


def _state(one: ProgrammeEstimate) -> tuple[str, str]:
    if one.cents:
        return "done", _("Aide estimée")
    return {
        Outcome.YES: ("wait", _("Plus rien à prendre")),
        Outcome.NO: ("wait", _("Pas pour cette commande")),
        Outcome.NEEDS_FACTS: ("act", _("Il manque des réponses")),
        Outcome.NEEDS_PERSON: ("wait", _("Après examen par l’équipe")),
    }[one.outcome]


def _missing(verdict: Verdict, evaluation: Evaluation | None) -> tuple[str, ...]:
    """What a near miss lacks: the sentences that are not met."""
    if verdict.outcome != Outcome.NO:
        return ()
    of_rule = (
        [
            shown_step(step, evaluation).words
            for step in _rows(evaluation)
            if step.truth == Truth.FALSE and _is_said(step)
        ]
        if evaluation is not None
        else []
    )
    return (*of_rule, *(term.sentence for term in verdict.terms if term.truth == Truth.FALSE))


def _telling(verdict: Verdict) -> Evaluation | None:
    """The evaluation to show: of an item that the programme may help, else of one of its rubrics."""
    evaluations = list(verdict.evaluations.values())
    order = {Outcome.YES: 0, Outcome.NEEDS_PERSON: 1, Outcome.NEEDS_FACTS: 2, Outcome.NO: 3}
    said = [one for one in evaluations if _in_rubrics(one)] or evaluations
    return min(said, key=lambda one: order[one.outcome], default=None)


def _concerns(verdict: Verdict) -> bool:
    return any(_in_rubrics(one) for one in verdict.evaluations.values())


def _in_rubrics(evaluation: Evaluation) -> bool:
    """Whether nothing speaks against the item's rubric itself."""
    return not any(
        step.truth == Truth.FALSE and isinstance(step.node, Clause) and step.node.fact == keys.CATEGORIES
        for step in _rows(evaluation)
    )


def _rows(evaluation: Evaluation) -> tuple[Step, ...]:
    root = evaluation.root
    is_list = not isinstance(root.node, Clause) and root.node.combine == Combine.ALL
    return root.rows if is_list else (root,)


def _is_said(step: Step) -> bool:
    return not (isinstance(step.node, Clause) and step.node.fact in _UNSAID)

"""Whether a programme may pay for a basket: its rule for each item, and its own terms, in sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from billing.funding import vocabulary as keys
from billing.funding.models import DecisionMode, Programme, RuleRevision, Voucher
from billing.funding.rules import Reading, in_force
from billing.funding.usage import Usage
from kernel.rules.errors import RuleInvalid
from kernel.rules.evaluation import Evaluation, Outcome, evaluate
from kernel.rules.facts import Facts
from kernel.rules.kinds import Value
from kernel.rules.record import record_of
from kernel.rules.truth import Truth, truth_of
from kernel.web.formats import format_day, format_money


@dataclass(frozen=True)
class Term:
    """A condition of the programme beside its rule: the spend it wants, its budget, the room left."""

    code: str
    truth: Truth
    words: Mapping[str, Any] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """What it says, in the active language."""
        return _SENTENCES[self.code]() % {name: _written(name, value) for name, value in self.words.items()}


def _written(name: str, value: Any) -> Any:
    if name.endswith("cents") and value is not None:
        return format_money(value)
    return format_day(value) if isinstance(value, date) else value


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
    grant: Voucher | None = None

    @property
    def sure(self) -> frozenset[str]:
        """Items for which the rule says yes, or, with a grant of staff, does not say no."""
        if self.grant is not None:
            return self.open
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


@dataclass(frozen=True)
class Ruled:
    """What a programme's rule says of each item, before budget and ceilings; None where it is unreadable."""

    programme: Programme
    revision: RuleRevision | None
    evaluations: Mapping[str, Evaluation] | None

    @property
    def is_candidate(self) -> bool:
        """Whether the rule leaves some item open: budget and ceilings decide, or a person."""
        return any(one.outcome != Outcome.NO for one in (self.evaluations or {}).values())


def ruling_on(programme: Programme, basket: Basket, reading: Reading) -> Ruled:
    """What the rule in force says of each item of a basket."""
    revision = in_force(programme.revisions.all(), basket.on)
    try:
        return Ruled(programme, revision, _evaluations(revision, basket, reading) if revision else {})
    except RuleInvalid:
        return Ruled(programme, revision, None)


def verdict_on(
    ruled: Ruled,
    basket: Basket,
    *,
    budget_cents: int,
    deminimis_room_cents: int | None,
    usage: Usage,
) -> Verdict:
    """A programme's answer for a basket. ``budget_cents`` is left in the budget year; the room None when
    it is not known. With a grant of staff the rule need not say yes: a person did."""
    programme, revision, evaluations = ruled.programme, ruled.revision, ruled.evaluations
    if evaluations is None:
        unreadable = (Term("unreadable", Truth.UNKNOWN),)
        return Verdict(programme, revision, Outcome.NEEDS_PERSON, {}, unreadable, ())
    grant = usage.grant(programme, basket.on)
    open_items = [key for key, one in evaluations.items() if one.outcome != Outcome.NO]
    spend = sum(basket.excl_cents[key] for key in open_items)
    terms = (
        *(
            _granted_terms(grant)
            if grant is not None
            else _ceiling_terms(programme, usage, budget_cents, basket.on)
        ),
        *_terms(programme, spend, deminimis_room_cents),
    )
    missing = tuple(dict.fromkeys(key for one in evaluations.values() for key in one.missing))
    if open_items and programme.is_de_minimis and deminimis_room_cents is None:
        missing = tuple(dict.fromkeys((*missing, keys.DEMINIMIS_RECEIVED)))
    outcome = _outcome(programme, list(evaluations.values()), terms, missing)
    if grant is not None and outcome in (Outcome.NEEDS_PERSON, Outcome.NEEDS_FACTS):
        # The person has decided; only the European ceiling must still be told.
        missing = tuple(key for key in missing if key == keys.DEMINIMIS_RECEIVED and _is_unknown(terms))
        outcome = Outcome.NEEDS_FACTS if missing else Outcome.YES
    if outcome == Outcome.NO:
        missing = ()
    return Verdict(programme, revision, outcome, evaluations, terms, missing, grant)


def _is_unknown(terms: Sequence[Term]) -> bool:
    return any(term.truth == Truth.UNKNOWN for term in terms)


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


def _granted_terms(grant: Voucher) -> list[Term]:
    return [Term("granted", Truth.TRUE, {"most_cents": grant.amount_cents, "until": grant.expires_on})]


def _ceiling_terms(programme: Programme, usage: Usage, budget_cents: int, on: date) -> list[Term]:
    terms = [Term("budget", truth_of(budget_cents > 0), {"year": on.year, "left_cents": budget_cents})]
    count, most = usage.count(programme), programme.max_vouchers_per_business
    if count:
        terms.append(Term("vouchers", truth_of(count < most), {"count": count, "most": most}))
    for code, cap, used in (
        ("business", programme.cap_business_cents, usage.cents(programme)),
        ("year", programme.cap_year_cents, usage.cents(programme, year=on.year)),
    ):
        if cap is not None and used:
            left = max(0, cap - used)
            terms.append(Term(code, truth_of(left > 0), {"left_cents": left}))
    return terms


def _terms(programme: Programme, spend_cents: int, room_cents: int | None) -> list[Term]:
    terms = []
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
    "granted": lambda: _("Aide accordée à votre entreprise : %(most_cents)s au plus, jusqu’au %(until)s."),
    "vouchers": lambda: _("Chèques déjà obtenus de ce dispositif : %(count)s sur %(most)s."),
    "business": lambda: _("Plafond par entreprise : il vous reste %(left_cents)s."),
    "year": lambda: _("Plafond par entreprise et par an : il vous reste %(left_cents)s."),
    "spend": lambda: _("Dépense aidée d’au moins %(least_cents)s HT."),
    "room": lambda: _("Plafond européen des petites aides (de minimis) : il reste %(left_cents)s."),
    "room_unknown": lambda: _("Plafond européen des petites aides (de minimis) : place restante inconnue."),
    "unreadable": lambda: _("La règle de ce dispositif doit être revue par l’équipe."),
    "stacking": lambda: _("Une autre aide prend déjà en charge cette prestation ; elles ne se cumulent pas."),
}

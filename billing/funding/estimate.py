"""The estimate of co-funding for a basket: which programmes pay how many cents, and why or why not.

It writes nothing and promises nothing: aid is reserved when the order is placed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import prefetch_related_objects
from django.utils.translation import gettext_lazy as _

from billing.charges.pricing import PricedCharge
from billing.funding import vocabulary as keys
from billing.funding.allocation import Ask, Bound, Ceiling, Granted, Part, allocate_funding
from billing.funding.facts import answered_facts, business_facts
from billing.funding.models import FundingBase, Programme, ProgrammeBudget
from billing.funding.queries import programmes_to_apply
from billing.funding.rules import Reading
from billing.funding.usage import NO_USAGE, Usage, usage_of
from billing.funding.verdicts import Basket, Ruled, Term, Verdict, ruling_on, verdict_on
from kernel.rules.evaluation import Outcome
from kernel.rules.facts import Facts
from kernel.rules.kinds import Value
from kernel.rules.parameters import Parameters
from kernel.rules.truth import Truth
from tenants.parties.models import VatRegimePeriod
from tenants.reference.parameters import DEMINIMIS_CEILING

if TYPE_CHECKING:
    from tenants.parties.models import Party

BOUND_WORDS = {
    Bound.RATE: "",
    Bound.ORDER: _("Limité par le plafond d’un chèque."),
    Bound.BUSINESS: _("Limité par le plafond par entreprise."),
    Bound.YEAR: _("Limité par le plafond par entreprise et par an."),
    Bound.BUDGET: _("Limité par le budget restant du dispositif."),
    Bound.DE_MINIMIS: _("Limité par le plafond européen des petites aides."),
    Bound.GATEWAY: _("Réduit pour que le reste à payer puisse être payé par carte."),
}


@dataclass(frozen=True)
class ProgrammeEstimate:
    """What one programme would pay. `possible_cents` is what it might pay where more must be known first.

    `parts` holds cents by (item key, release key). `deminimis_left_cents` is the room before the order.
    """

    verdict: Verdict
    cents: int
    possible_cents: int
    bound: Bound
    parts: Mapping[tuple[str, str], int]
    deminimis_left_cents: int | None

    @property
    def programme(self) -> Programme:
        """The programme."""
        return self.verdict.programme

    @property
    def outcome(self) -> Outcome:
        """Yes, no, or what is missing."""
        return self.verdict.outcome


@dataclass(frozen=True)
class FundingEstimate:
    """All programmes in the order in which they apply."""

    programmes: tuple[ProgrammeEstimate, ...]
    incl_cents: int

    @property
    def cents(self) -> int:
        """What all pay together."""
        return sum(one.cents for one in self.programmes)

    @property
    def to_pay_cents(self) -> int:
        """What is left to pay, incl. VAT."""
        return self.incl_cents - self.cents

    def cents_of(self, item: str, release: str) -> int:
        """What all pay of one release of an item."""
        return sum(one.parts.get((item, release), 0) for one in self.programmes)


def estimate_funding(
    *,
    priced: PricedCharge,
    buyer: Party | None,
    item_facts: Mapping[str, Facts],
    on: date,
    answers: Facts | None = None,
) -> FundingEstimate:
    """Estimate for a priced basket on a legal date; deterministic, in a fixed number of statements.

    ``item_facts`` are by item key what the caller knows of each (`service.categories`); ``answers`` are facts
    asked just now, which stand above the kept ones.
    """
    found = assess(priced=priced, buyer=buyer, item_facts=item_facts, on=on, answers=answers)
    if found is None:
        return FundingEstimate((), priced.incl_cents)
    return found.estimate(usage_of(buyer))


@dataclass(frozen=True)
class Assessment:
    """What rules say of a basket, before budgets and ceilings are weighed: asked once, weighed at will."""

    ruled: tuple[Ruled, ...]
    basket: Basket
    parts: list[Part]
    reading: Reading

    def candidates(self) -> list[Programme]:
        """The programmes whose rule leaves some item open."""
        return [ruled.programme for ruled in self.ruled if ruled.is_candidate]

    def estimate(self, usage: Usage, budgets: Mapping[int, ProgrammeBudget] | None = None) -> FundingEstimate:
        """Who pays what; ``budgets`` by programme, locked, instead of those that were read before."""
        on, facts = self.basket.on, self.basket.facts
        room = deminimis_room(facts, self.reading.parameters, on, usage)
        verdicts = [
            verdict_on(
                ruled,
                self.basket,
                budget_cents=_left(ruled.programme, on, budgets),
                deminimis_room_cents=_room_of(ruled.programme, room, usage, on),
                usage=usage,
            )
            for ruled in self.ruled
        ]
        asks = {
            verdict.programme.pk: _ask(
                verdict, verdict.sure, facts, _left(verdict.programme, on, budgets), usage, on
            )
            for verdict in verdicts
        }
        return estimate_of(verdicts, asks, self.parts, room_cents=room)


def assess(
    *,
    priced: PricedCharge,
    buyer: Party | None,
    item_facts: Mapping[str, Facts],
    on: date,
    answers: Facts | None = None,
) -> Assessment | None:
    """Ask the rules of all programmes that run about a basket; None where there is none of either."""
    programmes = programmes_to_apply(on) if priced.items else []
    if not programmes:
        return None
    reading = Reading()
    facts = {**_known_of(buyer, on, reading), **(answers or {})}
    basket = Basket({item.item.key: item.excl_cents for item in priced.items}, item_facts, facts, on)
    ruled = tuple(ruling_on(programme, basket, reading) for programme in programmes)
    return Assessment(ruled, basket, parts_of(priced), reading)


def estimate_of(
    verdicts: Sequence[Verdict], asks: Mapping[int, Ask], parts: Sequence[Part], *, room_cents: int | None
) -> FundingEstimate:
    """The estimate from verdicts and what each asks, in the order of stacking; reads nothing."""
    sure = {v.programme.pk: asks[v.programme.pk] for v in verdicts if v.outcome == Outcome.YES}
    granted = {
        one.programme: one
        for one in allocate_funding(parts, list(sure.values()), deminimis_room_cents=room_cents)
    }
    estimates = tuple(
        _estimated(verdict, granted.get(verdict.programme.pk), parts, room_cents)
        if verdict.outcome == Outcome.YES
        else replace(
            _estimated(verdict, None, parts, room_cents),
            possible_cents=_possible(verdict, verdicts, sure, asks, parts, room_cents),
        )
        for verdict in verdicts
    )
    return FundingEstimate(estimates, sum(part.incl_cents for part in parts))


def deminimis_room(facts: Facts, parameters: Parameters, on: date, usage: Usage = NO_USAGE) -> int | None:
    """What the European ceiling leaves, in cents; None where the ceiling or what was received is unknown.

    What this site gave counts beside what the business says it received elsewhere.
    """
    dated = parameters[DEMINIMIS_CEILING].on(on)
    received = facts.get(keys.DEMINIMIS_RECEIVED)
    if dated is None or not isinstance(dated.value, int) or not isinstance(received, int):
        return None
    return max(0, dated.value - received - usage.deminimis_cents(on))


def budget_left(programme: Programme, on: date) -> int:
    """What can still be reserved in the budget of the year of ``on``, in cents."""
    return sum(budget.left_cents for budget in programme.budgets.all() if budget.year == on.year)


def _left(programme: Programme, on: date, budgets: Mapping[int, ProgrammeBudget] | None) -> int:
    if budgets is None:
        return budget_left(programme, on)
    budget = budgets.get(programme.pk)
    return budget.left_cents if budget is not None else 0


def _room_of(programme: Programme, room: int | None, usage: Usage, on: date) -> int | None:
    """The room for a programme: its own grant has taken its part of it already."""
    grant = usage.grant(programme, on)
    return room if room is None or grant is None else room + grant.held_cents


def parts_of(priced: PricedCharge) -> list[Part]:
    """The releases of a priced basket, in their order."""
    return [
        Part(item.item.key, release.key, release.excl_cents, release.incl_cents)
        for item in priced.items
        for release in item.releases
    ]


def _known_of(buyer: Party | None, on: date, reading: Reading) -> dict[str, Value]:
    if buyer is None:
        return {}
    prefetch_related_objects([buyer], "roles", "vat_regime_periods")
    return {**answered_facts(buyer, reading.vocabulary), **business_facts(buyer, on)}


def _ask(
    verdict: Verdict, items: frozenset[str], facts: Facts, budget_cents: int, usage: Usage, on: date
) -> Ask:
    programme, grant = verdict.programme, verdict.grant
    if grant is not None:
        # Budget and ceilings of the business were weighed when it was granted.
        ceilings = [Ceiling(Bound.ORDER, grant.amount_cents)]
    else:
        ceilings = [Ceiling(Bound.ORDER, programme.cap_cents), Ceiling(Bound.BUDGET, budget_cents)]
        if programme.cap_business_cents is not None:
            left = programme.cap_business_cents - usage.cents(programme)
            ceilings.append(Ceiling(Bound.BUSINESS, left))
        if programme.cap_year_cents is not None:
            left = programme.cap_year_cents - usage.cents(programme, year=on.year)
            ceilings.append(Ceiling(Bound.YEAR, left))
    return Ask(
        programme=programme.pk,
        items=items,
        rate_percent=programme.rate_percent,
        incl_vat=pays_on_incl_vat(programme, facts),
        stackable=programme.stackable,
        ceilings=tuple(ceilings),
        shares_room=programme.is_de_minimis,
        own_room_cents=grant.held_cents if grant is not None and grant.is_de_minimis else 0,
    )


def pays_on_incl_vat(programme: Programme, facts: Facts) -> bool:
    """Whether the rate applies to the price incl. VAT: only for those known not to be able to deduct it."""
    return programme.base == FundingBase.INCL_VAT and (
        facts.get(keys.REGIME) == VatRegimePeriod.Regime.FRANCHISE or facts.get(keys.STATE) == "in_creation"
    )


def _estimated(
    verdict: Verdict, granted: Granted | None, parts: Sequence[Part], room: int | None
) -> ProgrammeEstimate:
    if granted is None:
        return ProgrammeEstimate(verdict, 0, 0, Bound.RATE, {}, room)
    if granted.cents == 0 and granted.bound == Bound.RATE:
        terms = (*verdict.terms, Term("stacking", Truth.FALSE))
        refused = replace(verdict, outcome=Outcome.NO, terms=terms)
        return ProgrammeEstimate(refused, 0, 0, Bound.RATE, {}, room)
    by_part = {
        (part.item, part.release): cents for part, cents in zip(parts, granted.parts, strict=True) if cents
    }
    return ProgrammeEstimate(verdict, granted.cents, granted.cents, granted.bound, by_part, room)


def _possible(
    verdict: Verdict,
    verdicts: Sequence[Verdict],
    sure: Mapping[int, Ask],
    asks: Mapping[int, Ask],
    parts: Sequence[Part],
    room: int | None,
) -> int:
    """What a programme would pay if everything unknown came out well, beside those that are sure."""
    if verdict.outcome == Outcome.NO:
        return 0
    mine = replace(asks[verdict.programme.pk], items=verdict.open)
    order = [mine if one is verdict else sure.get(one.programme.pk) for one in verdicts]
    given = allocate_funding(parts, [ask for ask in order if ask is not None], deminimis_room_cents=room)
    return next(one.cents for one in given if one.programme == verdict.programme.pk)

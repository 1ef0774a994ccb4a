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
from billing.funding.models import FundingBase, Programme
from billing.funding.queries import programmes_to_apply
from billing.funding.rules import Reading
from billing.funding.verdicts import Basket, Term, Verdict, verdict_on
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
    programmes = programmes_to_apply(on)
    if not programmes or not priced.items:
        return FundingEstimate((), priced.incl_cents)
    reading = Reading()
    facts = {**_known_of(buyer, on, reading), **(answers or {})}
    basket = Basket({item.item.key: item.excl_cents for item in priced.items}, item_facts, facts, on)
    room = deminimis_room(facts, reading.parameters, on)
    verdicts = [
        verdict_on(
            programme,
            basket,
            budget_cents=budget_left(programme, on),
            deminimis_room_cents=room,
            reading=reading,
        )
        for programme in programmes
    ]
    return estimate_of(verdicts, parts_of(priced), facts=facts, room_cents=room, on=on)


def estimate_of(
    verdicts: Sequence[Verdict],
    parts: Sequence[Part],
    *,
    facts: Facts,
    room_cents: int | None,
    on: date,
) -> FundingEstimate:
    """The estimate from verdicts in the order of stacking; reads nothing."""
    asks = {v.programme.pk: _ask(v, v.sure, facts, on) for v in verdicts if v.outcome == Outcome.YES}
    granted = {
        one.programme: one
        for one in allocate_funding(parts, list(asks.values()), deminimis_room_cents=room_cents)
    }
    estimates = tuple(
        _estimated(verdict, granted.get(verdict.programme.pk), parts, room_cents)
        if verdict.outcome == Outcome.YES
        else replace(
            _estimated(verdict, None, parts, room_cents),
            possible_cents=_possible(verdict, verdicts, asks, parts, facts, room_cents, on),
        )
        for verdict in verdicts
    )
    return FundingEstimate(estimates, sum(part.incl_cents for part in parts))


def deminimis_room(facts: Facts, parameters: Parameters, on: date) -> int | None:
    """What the European ceiling leaves, in cents; None where the ceiling or what was received is unknown."""
    dated = parameters[DEMINIMIS_CEILING].on(on)
    received = facts.get(keys.DEMINIMIS_RECEIVED)
    if dated is None or not isinstance(dated.value, int) or not isinstance(received, int):
        return None
    return max(0, dated.value - received)


def budget_left(programme: Programme, on: date) -> int:
    """What the budget of the year of ``on`` holds, in cents; the budget year is the year of reservation."""
    return sum(budget.amount_cents for budget in programme.budgets.all() if budget.year == on.year)


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


def _ask(verdict: Verdict, items: frozenset[str], facts: Facts, on: date) -> Ask:
    programme = verdict.programme
    ceilings = [
        Ceiling(Bound.ORDER, programme.cap_cents),
        Ceiling(Bound.BUDGET, budget_left(programme, on)),
    ]
    if programme.cap_business_cents is not None:
        ceilings.append(Ceiling(Bound.BUSINESS, programme.cap_business_cents))
    if programme.cap_year_cents is not None:
        ceilings.append(Ceiling(Bound.YEAR, programme.cap_year_cents))
    return Ask(
        programme=programme.pk,
        items=items,
        rate_percent=programme.rate_percent,
        incl_vat=pays_on_incl_vat(programme, facts),
        stackable=programme.stackable,
        ceilings=tuple(ceilings),
        shares_room=programme.is_de_minimis,
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
    asks: Mapping[int, Ask],
    parts: Sequence[Part],
    facts: Facts,
    room: int | None,
    on: date,
) -> int:
    """What a programme would pay if everything unknown came out well, beside those that are sure."""
    if verdict.outcome == Outcome.NO:
        return 0
    mine = _ask(verdict, verdict.open, facts, on)
    order = [mine if one is verdict else asks.get(one.programme.pk) for one in verdicts]
    given = allocate_funding(parts, [ask for ask in order if ask is not None], deminimis_room_cents=room)
    return next(one.cents for one in given if one.programme == verdict.programme.pk)

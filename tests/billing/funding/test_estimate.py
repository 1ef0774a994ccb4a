"""The estimate: which programme pays how much, why, why not, and what is missing to say."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.funding.allocation import Bound
from billing.funding.estimate import FundingEstimate, ProgrammeEstimate, estimate_funding
from billing.funding.models import DecisionMode, FundingBase
from billing.funding.operations import answer_facts
from kernel.rules.evaluation import Outcome
from kernel.rules.record import replay
from kernel.rules.truth import Truth
from kernel.rules.words import sentence
from tests.billing.funding.making import NO_DEMINIMIS, ON, SITE, basket, programme, young_business


def estimate(priced: Any, buyer: Any, **changes: Any) -> FundingEstimate:
    values: dict[str, Any] = {
        "item_facts": {item.item.key: SITE for item in priced.items},
        "on": ON,
        "answers": NO_DEMINIMIS,
    }
    return estimate_funding(priced=priced, buyer=buyer, **{**values, **changes})


def only(found: FundingEstimate) -> ProgrammeEstimate:
    assert len(found.programmes) == 1
    return found.programmes[0]


def test_half_of_it_to_the_cent_by_milestone(tenant: Any) -> None:
    programme()
    seller, buyer = young_business()
    priced = basket(seller, buyer, "333.33", shares=(30, 70))
    found = estimate(priced, buyer)
    one = only(found)
    assert (one.outcome, one.cents, one.bound) == (Outcome.YES, 16_667, Bound.RATE)
    assert sum(one.parts.values()) == 16_667
    assert found.cents_of("line-1", "step-1") + found.cents_of("line-1", "step-2") == 16_667
    assert found.to_pay_cents == priced.incl_cents - 16_667
    assert one.deminimis_left_cents == 30_000_000


def test_only_the_lines_it_covers(tenant: Any) -> None:
    programme()
    seller, buyer = young_business()
    priced = basket(seller, buyer, "100", "200")
    legal = {"service.categories": frozenset({"juridique"})}
    one = only(estimate(priced, buyer, item_facts={"line-1": SITE, "line-2": legal}))
    assert one.cents == 5_000
    assert {item for item, _release in one.parts} == {"line-1"}
    assert one.verdict.evaluations["line-2"].outcome == Outcome.NO


def test_why_not_is_told(tenant: Any) -> None:
    programme()
    seller, buyer = young_business(founded_on=datetime.date(2020, 1, 1))
    one = only(estimate(basket(seller, buyer, "100"), buyer))
    assert (one.outcome, one.cents, one.possible_cents) == (Outcome.NO, 0, 0)
    evaluation = one.verdict.evaluations["line-1"]
    unmet = [sentence(s, evaluation.vocabulary) for s in evaluation.clauses() if s.truth == Truth.FALSE]
    assert unmet == ["Ancienneté de l’entreprise : moins de 3 ans"]


def test_what_is_not_known_is_asked_and_what_it_could_bring_is_said(tenant: Any) -> None:
    programme()
    seller, buyer = young_business(headcount=None)
    one = only(estimate(basket(seller, buyer, "100"), buyer, answers={}))
    assert one.outcome == Outcome.NEEDS_FACTS
    assert one.verdict.missing == ("business.headcount", "asked.deminimis_received")
    assert (one.cents, one.possible_cents) == (0, 5_000)


def test_a_visitor_sees_what_may_be_possible(tenant: Any) -> None:
    programme()
    seller, _buyer = young_business()
    one = only(estimate(basket(seller, None, "100"), None, answers={}))
    assert (one.outcome, one.possible_cents) == (Outcome.NEEDS_FACTS, 5_000)


def test_kept_answers_count_and_the_latest_wins(tenant: Any) -> None:
    programme()
    seller, buyer = young_business()
    answer_facts(party=buyer, answers={"asked.deminimis_received": 30_000_000}, user=None)
    priced = basket(seller, buyer, "100")
    full = only(estimate(priced, buyer, answers={}))
    assert full.outcome == Outcome.NO
    assert [term.code for term in full.verdict.terms if term.truth == Truth.FALSE] == ["room"]
    answer_facts(party=buyer, answers={"asked.deminimis_received": 29_997_000}, user=None)
    some = only(estimate(priced, buyer, answers={}))
    assert (some.cents, some.bound, some.deminimis_left_cents) == (3_000, Bound.DE_MINIMIS, 3_000)


def test_the_european_ceiling_is_the_one_of_the_day(tenant: Any) -> None:
    programme(starts_on=datetime.date(2023, 1, 1))
    seller, buyer = young_business(founded_on=datetime.date(2022, 12, 1))
    priced = basket(seller, buyer, "100")
    answers = {"asked.deminimis_received": 20_000_000}
    before = only(estimate(priced, buyer, answers=answers, on=datetime.date(2023, 12, 31)))
    after = only(estimate(priced, buyer, answers=answers, on=datetime.date(2024, 1, 1)))
    assert (before.outcome, before.deminimis_left_cents) == (Outcome.NO, 0)
    assert (after.outcome, after.deminimis_left_cents) == (Outcome.YES, 10_000_000)


def test_ceilings_by_order_business_and_year(tenant: Any) -> None:
    programme("a", cap_cents=4_000)
    programme("b", cap_business_cents=3_000)
    programme("c", cap_year_cents=2_000)
    seller, buyer = young_business()
    priced = basket(seller, buyer, "100")
    bounds = {one.programme.slug: (one.cents, one.bound) for one in estimate(priced, buyer).programmes}
    assert bounds["a"] == (4_000, Bound.ORDER)
    # The first does not stack: it keeps the others off.
    assert bounds["b"][0] == bounds["c"][0] == 0


def test_stacking_follows_its_order(tenant: Any) -> None:
    programme("second", stackable=True, stacking_order=20, cap_business_cents=3_000)
    programme("first", stackable=True, stacking_order=10, rate_percent=Decimal(20))
    seller, buyer = young_business()
    found = estimate(basket(seller, buyer, "100"), buyer)
    assert [(one.programme.slug, one.cents, one.bound) for one in found.programmes] == [
        ("first", 2_000, Bound.RATE),
        ("second", 3_000, Bound.BUSINESS),
    ]
    assert found.cents == 5_000


def test_one_that_does_not_stack_says_so(tenant: Any) -> None:
    programme("first", stacking_order=1)
    programme("second", stacking_order=2)
    seller, buyer = young_business()
    _first, second = estimate(basket(seller, buyer, "100"), buyer).programmes
    assert second.outcome == Outcome.NO
    assert "ne se cumulent pas" in second.verdict.terms[-1].sentence


def test_an_exhausted_budget_and_too_small_a_spend(tenant: Any) -> None:
    made = programme(min_spend_cents=20_000)
    seller, buyer = young_business()
    small = only(estimate(basket(seller, buyer, "100"), buyer))
    assert [term.code for term in small.verdict.terms if term.truth == Truth.FALSE] == ["spend"]
    assert "200" in next(term.sentence for term in small.verdict.terms if term.code == "spend")
    made.budgets.update(amount_cents=0)
    spent = only(estimate(basket(seller, buyer, "300"), buyer))
    assert [term.code for term in spent.verdict.terms if term.truth == Truth.FALSE] == ["budget"]


def test_a_reviewed_programme_promises_nothing(tenant: Any) -> None:
    programme(decision=DecisionMode.REVIEWED)
    seller, buyer = young_business()
    one = only(estimate(basket(seller, buyer, "100"), buyer))
    assert (one.outcome, one.cents, one.possible_cents) == (Outcome.NEEDS_PERSON, 0, 5_000)


def test_the_price_incl_vat_is_the_base_of_those_who_cannot_deduct(tenant: Any) -> None:
    programme(base=FundingBase.INCL_VAT)
    seller, buyer = young_business()
    priced = basket(seller, buyer, "100")
    assert only(estimate(priced, buyer)).cents == 5_000
    buyer.vat_regime_periods.update(regime="franchise")
    assert only(estimate(priced, type(buyer).objects.get(pk=buyer.pk))).cents == 6_000


def test_what_is_kept_of_it_can_be_replayed(tenant: Any) -> None:
    made = programme()
    seller, buyer = young_business()
    one = only(estimate(basket(seller, buyer, "100"), buyer))
    revision = made.revisions.get()
    record = one.verdict.records()["line-1"]
    assert record["revision"] == revision.reference
    assert replay(record, revision.document).outcome == Outcome.YES


def test_it_writes_nothing_and_asks_as_often_whatever_the_basket(tenant: Any) -> None:
    programme("a", stackable=True)
    programme("b", stackable=True)
    seller, buyer = young_business()
    small, large = basket(seller, buyer, "100"), basket(seller, buyer, *["100"] * 12, shares=(40, 60))
    counts = []
    for priced in (small, large):
        found = type(buyer).objects.get(pk=buyer.pk)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            first = estimate(priced, found)
        assert all(query["sql"].lstrip().upper().startswith("SELECT") for query in queries)
        assert first.cents == estimate(priced, found).cents
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 10


def test_nothing_runs(tenant: Any) -> None:
    seller, buyer = young_business()
    found = estimate(basket(seller, buyer, "100"), buyer)
    assert (found.programmes, found.cents, found.to_pay_cents) == ((), 0, 12_000)

"""Which rule applies: priority, scope, category from child to parent, dates."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing.commission.errors import RuleAlreadyEnded, RuleInvalid
from billing.commission.operations import end_rule, open_rule
from billing.commission.queries import commission_terms
from billing.commission.terms import NO_COMMISSION
from tests.billing.building import party

YEAR = date(2026, 1, 1)
TODAY = date(2026, 11, 23)


def rule(priority: int, scope: str, target: str = "", rate: str = "5.00", **values: Any) -> Any:
    return open_rule(
        priority=priority,
        scope=scope,
        target=target,
        rate_percent=Decimal(rate),
        **{"valid_from": YEAR, **values},
    )


def rate_for(seller: Any, categories: list[str], *programmes: str, on: date = TODAY) -> Decimal:
    return commission_terms(seller=seller, categories=categories, on=on, programmes=programmes).rate_percent


def test_the_lowest_priority_number_that_fits_wins(tenant: Any) -> None:
    seller = party(role="provider")
    rule(1, "programme", "cheque", "0.00")
    rule(2, "category", "logistique", "3.00")
    rule(9, "default")
    assert rate_for(seller, ["transport", "logistique"]) == Decimal("3.00")
    assert rate_for(seller, ["transport", "logistique"], "cheque") == Decimal("0.00")
    assert rate_for(seller, ["transport", "logistique"], "other") == Decimal("3.00")
    assert rate_for(seller, ["site"]) == Decimal("5.00")


def test_of_several_programmes_that_help_the_lowest_priority_number_wins(tenant: Any) -> None:
    seller = party(role="provider")
    rule(2, "programme", "cheque", "0.00")
    rule(1, "programme", "export", "1.00")
    rule(3, "default")
    assert rate_for(seller, [], "cheque", "export") == Decimal("1.00")
    assert rate_for(seller, [], "cheque") == Decimal("0.00")
    assert rate_for(seller, []) == Decimal("5.00")


def test_the_child_goes_before_the_parent_at_equal_priority(tenant: Any) -> None:
    seller = party(role="provider")
    rule(2, "category", "logistique", "3.00")
    rule(2, "category", "transport", "2.00")
    assert rate_for(seller, ["transport", "logistique"]) == Decimal("2.00")


def test_a_rule_for_one_provider(tenant: Any) -> None:
    seller, other = party(role="provider"), party(role="provider")
    rule(5, "provider", str(seller.public_id), "1.00")
    rule(9, "default")
    assert rate_for(seller, []) == Decimal("1.00")
    assert rate_for(other, []) == Decimal("5.00")


def test_dates_are_inclusive_and_an_ended_rule_is_followed(tenant: Any) -> None:
    seller = party(role="provider")
    old = rule(9, "default", rate="5.00")
    end_rule(rule_id=old.pk, on=date(2026, 6, 30))
    rule(9, "default", rate="6.00", valid_from=date(2026, 7, 1))
    assert rate_for(seller, [], on=date(2026, 6, 30)) == Decimal("5.00")
    assert rate_for(seller, [], on=date(2026, 7, 1)) == Decimal("6.00")
    assert commission_terms(seller=seller, categories=[], on=date(2025, 12, 31)) == NO_COMMISSION
    with pytest.raises(RuleAlreadyEnded):
        end_rule(rule_id=old.pk, on=date(2026, 8, 1))


def test_the_operator_owes_itself_nothing(tenant: Any) -> None:
    rule(9, "default")
    assert commission_terms(seller=party(role="operator"), categories=[], on=TODAY) == NO_COMMISSION


@pytest.mark.parametrize(
    "values",
    [
        {"scope": "category", "target": ""},
        {"scope": "default", "target": "site"},
        {"scope": "default", "rate": "101.00"},
        {"scope": "default", "min_cents": 200, "max_cents": 100},
        {"scope": "default", "valid_to": date(2025, 1, 1)},
    ],
)
def test_contradictions_are_refused(tenant: Any, values: dict[str, Any]) -> None:
    with pytest.raises(RuleInvalid):
        rule(1, **values)

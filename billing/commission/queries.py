"""Which commission rule applies to a sale on a date."""

from __future__ import annotations

import sys
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from billing.commission.models import CommissionRule, RuleScope
from billing.commission.terms import NO_COMMISSION, CommissionTerms

if TYPE_CHECKING:
    from tenants.parties.models import Party

_NARROWNESS = {scope: position for position, scope in enumerate(RuleScope.values)}


def rules_on(on: date) -> QuerySet[CommissionRule]:
    """Rules that are valid on a legal date of the tenant, lowest priority number first."""
    return CommissionRule.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on
    ).order_by("priority", "id")


@dataclass(frozen=True)
class CommissionChoice:
    """The rules of a day for one sale, read once: which of them applies hangs on who helps to pay."""

    seller: Party
    categories: Sequence[str]
    rules: Sequence[CommissionRule]

    def terms(self, programmes: Collection[str] = ()) -> CommissionTerms:
        """The terms when programmes with these slugs pay a part of the sale."""
        return terms_of(
            chosen_rule(
                self.rules, seller=self.seller, categories=self.categories, programmes=frozenset(programmes)
            )
        )


def commission_choice(*, seller: Party, categories: Sequence[str], on: date) -> CommissionChoice:
    """The rules for a sale of `seller` in `categories` (slugs from child to parent) on a legal date.

    The operator selling its own services owes itself nothing: no rule is among them.
    """
    own = seller.roles.filter(role="operator").exists()
    return CommissionChoice(seller, tuple(categories), () if own else tuple(rules_on(on)))


def commission_terms(
    *, seller: Party, categories: Sequence[str], on: date, programmes: Collection[str] = ()
) -> CommissionTerms:
    """The terms for a sale of `seller` in `categories` (slugs from child to parent) on a legal date.

    The lowest priority number that fits wins; at equal priority the narrower scope (programme, provider,
    category, all), then the nearer category, then the later start. A rule of a programme fits where that
    programme is one of those that pay a part (`programmes`, slugs). No rule: no commission.
    """
    return commission_choice(seller=seller, categories=categories, on=on).terms(programmes)


def chosen_rule(
    rules: Sequence[CommissionRule],
    *,
    seller: Party,
    categories: Sequence[str],
    programmes: Collection[str] = (),
) -> CommissionRule | None:
    """The rule that applies among those valid on the date; None when none fits."""
    fitting = [
        rule for rule in rules if _fits(rule, seller=seller, categories=categories, programmes=programmes)
    ]
    return min(fitting, key=lambda rule: _rank(rule, categories), default=None)


def terms_of(rule: CommissionRule | None) -> CommissionTerms:
    """The values of a rule as they are frozen with a sale; no commission without one."""
    if rule is None:
        return NO_COMMISSION
    return CommissionTerms(
        rule_id=rule.pk,
        scope=rule.scope,
        target=rule.target,
        rate_percent=rule.rate_percent,
        fixed_cents=rule.fixed_cents,
        min_cents=rule.min_cents,
        max_cents=rule.max_cents,
    )


def _fits(
    rule: CommissionRule, *, seller: Party, categories: Sequence[str], programmes: Collection[str]
) -> bool:
    match rule.scope:
        case RuleScope.PROGRAMME:
            return rule.target in programmes
        case RuleScope.PROVIDER:
            return rule.target == str(seller.public_id)
        case RuleScope.CATEGORY:
            return rule.target in categories
        case _:
            return True


def _rank(rule: CommissionRule, categories: Sequence[str]) -> tuple[int, int, int, int, int]:
    depth = list(categories).index(rule.target) if rule.scope == RuleScope.CATEGORY else 0
    return (
        rule.priority,
        _NARROWNESS[rule.scope],
        depth,
        -rule.valid_from.toordinal(),
        rule.pk or sys.maxsize,
    )

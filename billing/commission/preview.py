"""What a rule would change, shown on an example before it is saved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from billing.commission.models import CommissionRule
from billing.commission.queries import chosen_rule, rules_on, terms_of
from billing.commission.terms import CommissionTerms, compute_commission

if TYPE_CHECKING:
    from tenants.parties.models import Party


@dataclass(frozen=True)
class Example:
    """A sale to try rules on: price excl. VAT in cents, on a legal date."""

    seller: Party
    categories: tuple[str, ...]
    programme: str | None
    price_cents: int
    on: date


@dataclass(frozen=True)
class Tried:
    """Which rule an example falls under and what it gives, in cents excl. VAT."""

    rule: CommissionRule | None
    terms: CommissionTerms
    commission_cents: int
    is_candidate: bool = False


def try_rules(example: Example, candidate: CommissionRule | None = None) -> Tried:
    """The commission of an example under the rules as they are, or as they would be with one more.

    The same choice and the same sums as a sale goes through.
    """
    rules: Sequence[CommissionRule] = list(rules_on(example.on))
    if candidate is not None and _is_valid(candidate, example.on):
        rules = [*rules, candidate]
    programmes = () if example.programme is None else (example.programme,)
    rule = chosen_rule(rules, seller=example.seller, categories=example.categories, programmes=programmes)
    terms = terms_of(rule)
    return Tried(
        rule=rule,
        terms=terms,
        commission_cents=compute_commission(terms, example.price_cents),
        is_candidate=rule is not None and rule is candidate,
    )


def _is_valid(rule: CommissionRule, on: date) -> bool:
    return rule.valid_from <= on and (rule.valid_to is None or on <= rule.valid_to)

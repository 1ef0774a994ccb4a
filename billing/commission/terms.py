"""Commission terms: the values of a rule as frozen with a charge, and the sums that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from kernel.money import round_half_up

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class CommissionTerms:
    """Values of the rule that was chosen; `rule_id` is None when no commission is due."""

    rule_id: int | None
    scope: str
    target: str
    rate_percent: Decimal
    fixed_cents: int = 0
    min_cents: int = 0
    max_cents: int | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain values for storage; the rate is a decimal string."""
        return {
            "version": 1,
            "rule_id": self.rule_id,
            "scope": self.scope,
            "target": self.target,
            "rate_percent": str(self.rate_percent),
            "fixed_cents": self.fixed_cents,
            "min_cents": self.min_cents,
            "max_cents": self.max_cents,
        }

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> CommissionTerms:
        """The terms stored by `as_json`."""
        return cls(
            rule_id=values["rule_id"],
            scope=values["scope"],
            target=values["target"],
            rate_percent=Decimal(values["rate_percent"]),
            fixed_cents=values["fixed_cents"],
            min_cents=values["min_cents"],
            max_cents=values["max_cents"],
        )


NO_COMMISSION = CommissionTerms(rule_id=None, scope="none", target="", rate_percent=Decimal("0.00"))


def compute_commission(terms: CommissionTerms, base_cents: int) -> int:
    """Commission excl. VAT in cents on `base_cents`, the full price excl. VAT of an item.

    Rate plus fixed part, within minimum and maximum, never more than the base; rounded once, half up.
    """
    due = round_half_up(base_cents * terms.rate_percent / HUNDRED) + terms.fixed_cents
    due = max(due, terms.min_cents)
    if terms.max_cents is not None:
        due = min(due, terms.max_cents)
    return max(0, min(due, base_cents))


def spread_commission(total_cents: int, bases_cents: list[int]) -> list[int]:
    """Spread an item's commission over its releases in proportion to their bases.

    Each part is rounded on the running total, so the last takes the remainder and no part is negative
    or larger than its base.
    """
    whole = sum(bases_cents)
    parts: list[int] = []
    reached = 0
    taken = 0
    for base in bases_cents:
        reached += base
        upto = round_half_up(Decimal(total_cents * reached) / Decimal(whole)) if whole else 0
        parts.append(upto - taken)
        taken = upto
    return parts

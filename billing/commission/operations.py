"""Opening and ending commission rules; a rule in force is never edited, it is ended and followed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from billing.commission.errors import RuleAlreadyEnded, RuleInvalid
from billing.commission.models import CommissionRule


@transaction.atomic
def open_rule(
    *,
    priority: int,
    scope: str,
    target: str = "",
    rate_percent: Decimal,
    fixed_cents: int = 0,
    min_cents: int = 0,
    max_cents: int | None = None,
    valid_from: date,
    valid_to: date | None = None,
) -> CommissionRule:
    """Open a rule from a legal date on; amounts in cents excl. VAT. Raises RuleInvalid."""
    rule = CommissionRule(
        priority=priority,
        scope=scope,
        target=target,
        rate_percent=rate_percent,
        fixed_cents=fixed_cents,
        min_cents=min_cents,
        max_cents=max_cents,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    try:
        rule.full_clean()
    except ValidationError as error:
        raise RuleInvalid(reason=" ".join(error.messages)) from error
    rule.save()
    return rule


@transaction.atomic
def end_rule(*, rule_id: int, on: date) -> CommissionRule:
    """Let a rule apply until `on`, its last day. Raises RuleAlreadyEnded when that would lengthen it."""
    rule = CommissionRule.objects.select_for_update(of=("self",)).get(pk=rule_id)
    if on < rule.valid_from or (rule.valid_to is not None and rule.valid_to <= on):
        raise RuleAlreadyEnded()
    rule.valid_to = on
    rule.save(update_fields=["valid_to"])
    return rule

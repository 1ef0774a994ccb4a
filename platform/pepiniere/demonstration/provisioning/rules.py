"""Calendar, clocks, commission rules and programmes of a space."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal

from billing.commission.models import CommissionRule
from billing.commission.operations import open_rule
from billing.funding.models import FundingBase, Programme
from billing.funding.operations import open_programme
from pepiniere.demonstration.provisioning.parties import ensure_funder
from pepiniere.demonstration.source import Row
from tenants.calendar.models import ClockSettings
from tenants.calendar.working_days import set_calendar
from tenants.parties.models import Party

# Rules and programmes of the data run from the year they were written for.
RULES_SINCE = datetime.date(2026, 1, 1)
BASES = {"price_excl_vat": FundingBase.EXCL_VAT, "price_incl_vat": FundingBase.INCL_VAT}


def ensure_calendar(row: Row) -> None:
    """Working hours, days off, closures and the lengths of the clocks."""
    calendar = row["calendar"]
    day = datetime.date.fromisoformat
    set_calendar(
        weekdays=calendar["working_weekdays"],
        day_start=datetime.time.fromisoformat(calendar["day_start"]),
        day_end=datetime.time.fromisoformat(calendar["day_end"]),
        holidays=[day(text) for text in calendar["public_holidays"]],
        closures=[(day(c["from"]), day(c["to"]), c["label"]) for c in calendar["closures"]],
    )
    ClockSettings.objects.update_or_create(pk=1, defaults=dict(row["clocks"]))


def ensure_commission_rules(row: Row, providers: Mapping[str, Party]) -> None:
    """The operator's rules; a space that has rules keeps them."""
    if CommissionRule.objects.exists():
        return
    for rule in row["commission_rules"]:
        target = rule["target"] or ""
        if rule["scope"] == "provider":
            if target not in providers:
                continue
            target = str(providers[target].public_id)
        open_rule(
            priority=rule["priority"],
            scope=rule["scope"],
            target=target,
            rate_percent=Decimal(str(rule["rate_percent"])),
            min_cents=rule["min_cents"],
            max_cents=rule["max_cents"],
            valid_from=RULES_SINCE,
        )


def ensure_programmes(row: Row) -> None:
    """The programmes that the space does not have yet."""
    known = set(Programme.objects.values_list("slug", flat=True))
    for programme in row["programmes"]:
        if programme["slug"] in known:
            continue
        open_programme(
            slug=programme["slug"],
            name=programme["name"],
            description=programme["description"],
            funder=ensure_funder(programme["funder"]),
            rate_percent=Decimal(str(programme["rate_percent"])),
            cap_cents=programme["cap_cents"],
            budget_cents=programme["budget_cents"],
            starts_on=datetime.date.fromisoformat(programme["starts_on"]),
            ends_on=datetime.date.fromisoformat(programme["ends_on"]),
            base=BASES[programme["base"]],
            min_spend_cents=programme["min_spend_cents"],
            max_vouchers_per_business=programme["max_vouchers_per_business"],
            stackable=programme["stackable"],
            reservation_days=programme["reservation_days"],
            eligibility=programme["eligibility"],
        )

"""What is known of a business and of an order for the rules of programmes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from billing.funding import vocabulary as keys
from billing.funding.models import FactAnswer
from kernel.rules.errors import ValueRefused
from kernel.rules.facts import Vocabulary
from kernel.rules.kinds import Value
from tenants.parties.models import Party, PartyRole
from tenants.reference.models import Department


def business_facts(party: Party, on: date) -> dict[str, Value]:
    """What the account says of a business on a legal date; what it does not say is not known.

    Reads roles and VAT regimes (prefetch them), and the region of its department.
    """
    known: dict[str, Any] = {
        keys.STATE: _state(party),
        keys.FOUNDED_ON: party.founded_on,
        keys.AGE: completed_years(party.founded_on, on) if party.founded_on else None,
        keys.HEADCOUNT: None if party.headcount is None else Decimal(party.headcount),
        keys.ACTIVITY: party.naf_code or None,
        keys.PLACE: place_codes(party),
        keys.REGIME: vat_regime(party, on),
        keys.NATURE: party.kind,
    }
    return {key: value for key, value in known.items() if value is not None}


def answered_facts(party: Party, vocabulary: Vocabulary) -> dict[str, Value]:
    """The latest answers of a business; one statement. Answers that no longer fit are not known."""
    latest = (
        FactAnswer.objects.filter(party=party)
        .order_by("key", "-answered_at", "-pk")
        .distinct("key")
        .values_list("key", "value")
    )
    return _readable(dict(latest), vocabulary)


def completed_years(since: date, on: date) -> Decimal | None:
    """Whole years from one legal date to another; None before the first."""
    if on < since:
        return None
    return Decimal(on.year - since.year - ((on.month, on.day) < (since.month, since.day)))


def place_codes(party: Party) -> frozenset[str] | None:
    """Commune, department and region of a business; None where the account says none of them."""
    department = party.department_code or _department_of(party.commune_code)
    if not department:
        return None
    region = Department.objects.filter(code=department).values_list("region_code", flat=True).first()
    codes = [party.commune_code, department, keys.region_code(region) if region else ""]
    return frozenset(code for code in codes if code)


def vat_regime(party: Party, on: date) -> str | None:
    """The VAT regime on a legal date; None where the account does not say."""
    for period in party.vat_regime_periods.all():
        if period.starts_on <= on and (period.ends_on is None or on <= period.ends_on):
            return str(period.regime)
    return None


def _state(party: Party) -> str | None:
    states = [role.state for role in party.roles.all() if role.role == PartyRole.Role.BUSINESS]
    known = {PartyRole.State.ACTIVE.value, PartyRole.State.IN_CREATION.value}
    return next((state for state in states if state in known), None)


def _department_of(commune: str) -> str:
    return commune[: 3 if commune.startswith(("97", "98")) else 2]


def _readable(answers: Mapping[str, Any], vocabulary: Vocabulary) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for key, raw in answers.items():
        if key in vocabulary:
            try:
                found[key] = vocabulary[key].read(raw)
            except ValueRefused:
                continue
    return found

"""Legal identities of the demonstration: the operator, funders, providers and businesses."""

from __future__ import annotations

import datetime
from typing import Any

from billing.funding.operations import answer_facts
from pepiniere.demonstration.source import Row
from tenants.accounts.models import User
from tenants.parties.models import Party
from tenants.parties.operations import (
    create_business,
    create_funder,
    create_operator,
    create_provider,
)
from tenants.parties.queries import operator_party


def ensure_operator(row: Row) -> Party:
    """The tenant's own legal identity."""
    return operator_party() or create_operator(
        legal_name=row["name"], siret=row["siret"], vat_regime=row["vat_regime"], **_details(row)
    )


def ensure_funder(name: str) -> Party:
    """The public body that pays for programmes."""
    known = Party.objects.filter(roles__role="funder", legal_name=name).first()
    return known or create_funder(legal_name=name, is_fictitious=True)


def ensure_provider(row: Row, owner: User) -> Party:
    """A provider whom the operator has approved already."""
    return Party.objects.filter(siret=row["siret"]).first() or create_provider(
        user=owner,
        legal_name=row["name"],
        siret=row["siret"],
        vat_regime=row["vat_regime"],
        state=row["onboarding_state"],
        naf_code=row["naf"],
        about=row["about"],
        **_details(row),
    )


def ensure_business(row: Row, owner: User) -> Party:
    """A business, registered or in creation, with its owner."""
    known = Party.objects.filter(memberships__user=owner, roles__role="business").first()
    if known is not None:
        return known
    registered: dict[str, Any] = {}
    if row["state"] == "active":
        registered = {
            "siret": row["siret"],
            "vat_regime": row["vat_regime"],
            "naf_code": row["naf"],
            "founded_on": datetime.date.fromisoformat(row["founded_on"]),
            "headcount": row["headcount"],
        }
    made = create_business(
        user=owner, legal_name=row["name"], about=row["about"], **registered, **_details(row)
    )
    # One business has told what programmes ask: its orders are aided. The others are asked in the cart.
    answer_facts(party=made, answers=row.get("answers", {}), user=owner)
    return made


def _details(row: Row) -> dict[str, Any]:
    address = row["address"]
    return {
        "legal_form": row["legal_form"],
        "vat_number": row.get("vat_number") or "",
        "street": address["street"],
        "postal_code": address["postal_code"],
        "town": address["town"],
        "commune_code": address["commune_code"],
        "department_code": address["department"],
        "country_code": address["country"],
        "email": row["email"],
        "phone": row["phone"],
        "is_fictitious": True,
    }

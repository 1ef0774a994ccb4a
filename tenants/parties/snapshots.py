"""A party as it is on a date, frozen for charges and documents."""

from __future__ import annotations

import copy
from datetime import date
from typing import Any

from tenants.parties.models import Party

VERSION = 1


def party_snapshot(party: Party, on: date) -> dict[str, Any]:
    """All that a document may need to say of the party, JSON-able; `vat_regime` is that of ``on``.

    The shape has a version: a reader of an old snapshot knows what it may expect.
    """
    return {
        "version": VERSION,
        "public_id": str(party.public_id),
        "kind": party.kind,
        "legal_name": party.legal_name,
        "trade_name": party.trade_name,
        "legal_form": party.legal_form,
        "share_capital_cents": party.share_capital_cents,
        "siren": party.siren,
        "siret": party.siret,
        "register_town": party.register_town,
        "vat_number": party.vat_number,
        "vat_regime": _regime(party, on),
        "naf_code": party.naf_code,
        "address": {
            "street": party.street,
            "street_2": party.street_2,
            "postal_code": party.postal_code,
            "town": party.town,
            "commune_code": party.commune_code,
            "country_code": party.country_code,
        },
        "tax_territory": party.tax_territory,
        "email": party.email,
        "phone": party.phone,
        "electronic_address": party.electronic_address,
        "is_fictitious": party.is_fictitious,
    }


def party_as_frozen(party: Party, snapshot: dict[str, Any]) -> Party:
    """A copy of the party with the identity of its snapshot, never to be saved; its dated regimes are live.

    Who was sold to does not change with what a party writes later; which regime it had on a date may only
    become known later.
    """
    frozen = copy.copy(party)
    for name in ("kind", "siren", "siret", "vat_number", "tax_territory"):
        setattr(frozen, name, snapshot[name])
    frozen.country_code = snapshot["address"]["country_code"]
    return frozen


def _regime(party: Party, on: date) -> str:
    for period in party.vat_regime_periods.all():
        if period.starts_on <= on and (period.ends_on is None or on <= period.ends_on):
            return str(period.regime)
    return ""

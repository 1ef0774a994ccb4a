"""Approved parts of paid charges, ready to be invoiced."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tests.billing.building import FIVE_PERCENT, item, line, party, receive, vat_rates

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
_numbers = itertools.count(1)


@dataclass
class Market:
    """An operator, a seller under mandate and a buyer."""

    operator: Any
    seller: Any
    buyer: Any

    def released(
        self, *lines: Any, shares: tuple[int, ...] = (100,), seller: Any = None, **values: Any
    ) -> list[Any]:
        """The parts of one paid and fully approved item, in order."""
        from billing.charges.models import ChargeRelease
        from billing.charges.operations import open_charge
        from billing.payouts.operations import release

        number = next(_numbers)
        key = f"item-{number}"
        charge = open_charge(
            reference=f"CMD-{number:05d}",
            buyer=values.pop("buyer", self.buyer),
            items=[
                item(
                    seller or self.seller,
                    *lines,
                    key=key,
                    shares=shares,
                    commission=values.pop("commission", FIVE_PERCENT),
                )
            ],
        )
        receive(charge)
        for step in range(1, len(shares) + 1):
            release(item_key=key, release_key=f"step-{step}")
        return list(ChargeRelease.objects.filter(item__key=key).order_by("position"))

    def issue(self, *lines: Any, **values: Any) -> Any:
        """The invoice of one approved part."""
        from billing.invoicing.operations import issue_release_invoice

        now = values.pop("now", NOON)
        (part,) = self.released(*lines, **values)
        return issue_release_invoice(release_id=part.pk, now=now)


def open_market(**seller: Any) -> Market:
    """The cast, with rates, wordings and an accepted mandate."""
    from billing.invoicing.models import LegalWording, Mandate, WordingKey

    vat_rates()
    market = Market(
        operator=party(role="operator", legal_name="Pépinière d’essai", legal_form="GIP"),
        seller=party(role="provider", **{"legal_name": "Clain Numérique", "legal_form": "SASU", **seller}),
        buyer=party(role="business", legal_name="Savonnerie du Marais"),
    )
    Mandate.objects.create(
        party=market.seller,
        wording=LegalWording.objects.get(key=WordingKey.MANDATE),
        accepted_on=date(2026, 1, 2),
        accepted_at=datetime(2026, 1, 2, 9, tzinfo=UTC),
    )
    return market


def three_lines() -> tuple[Any, ...]:
    """Two lines at 20 %, one at 10 %, with awkward amounts."""
    return line("333.3333", "3"), line("0.0150", "7"), line("99.99", "1.5", "intermediate")


def euros(text: str) -> Decimal:
    """A printed amount back to a number."""
    return Decimal(
        text.replace("\u00a0", "").replace("\u202f", "").replace("€", "").replace(",", ".").strip()
    )

"""What is written about a service, as the catalogue's operations take it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from billing.charges.inputs import VatKind


@dataclass(frozen=True)
class OptionInput:
    """An option of a service; the price is in euros excluding VAT."""

    key: str
    label: str
    unit_price: Decimal
    label_en: str = ""
    per_unit: bool = False
    vat_kind: str = VatKind.STANDARD
    vat_exemption_reason: str = ""


@dataclass(frozen=True)
class MilestoneInput:
    """A milestone of a service; the shares of all sum to 100."""

    label: str
    share_percent: int
    label_en: str = ""


@dataclass(frozen=True)
class PictureInput:
    """A picture of a service, handed in before and named by its digest; ``alt`` says what is to be seen."""

    digest: str
    alt: str
    alt_en: str = ""


@dataclass(frozen=True)
class ServiceInput:
    """All that a provider writes about a service; prices in euros excl. VAT, lead time in working days."""

    name: str
    summary: str
    description: str
    price_kind: str
    unit: str
    unit_price: Decimal | None
    lead_time_days: int
    cancellation_terms: str
    name_en: str = ""
    summary_en: str = ""
    description_en: str = ""
    indicative_min_cents: int | None = None
    indicative_max_cents: int | None = None
    vat_kind: str = VatKind.STANDARD
    vat_exemption_reason: str = ""
    rounds_of_changes: int = 0
    deliverables: Sequence[str] = ()
    departments: Sequence[str] = ()
    options: Sequence[OptionInput] = ()
    milestones: Sequence[MilestoneInput] = ()
    # In units, of a price by the unit; None where any quantity will do.
    minimum_quantity: Decimal | None = None
    quantity_step: Decimal | None = None
    billing_period: str = ""
    questions: Sequence[Mapping[str, Any]] = field(default=())
    pictures: Sequence[PictureInput] = ()

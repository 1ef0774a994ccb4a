"""What a caller says to have something priced or charged: items, their lines and their releases."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from billing.commission.terms import CommissionTerms

if TYPE_CHECKING:
    from tenants.parties.models import Party


class VatKind(models.TextChoices):
    """What a seller says about a line's VAT; the treatment follows from it, the parties and the date."""

    STANDARD = "standard", _("Taux normal")
    INTERMEDIATE = "intermediate", _("Taux intermédiaire")
    REDUCED = "reduced", _("Taux réduit")
    SUPER_REDUCED = "super_reduced", _("Taux particulier")
    EXEMPT = "exempt", _("Exonéré")
    OUTSIDE_SCOPE = "outside_scope", _("Débours, hors TVA")


class Supply(models.TextChoices):
    """Category of what is supplied, as invoices must say since 2026."""

    SERVICES = "services", _("Prestation de services")
    GOODS = "goods", _("Livraison de biens")
    BOTH = "both", _("Biens et services")


class Due(models.TextChoices):
    """When an instalment falls due."""

    AT_OPENING = "at_opening", _("À la commande")
    AT_DELIVERY = "at_delivery", _("À la livraison")


@dataclass(frozen=True)
class InstalmentInput:
    """A part of what is left to pay: by its share, or by its amount in cents where all have one."""

    key: str
    label: str
    due: str
    share: int = 1
    amount_cents: int | None = None


@dataclass(frozen=True)
class ChargeLineInput:
    """One line as an invoice will show it: unit price in euros excl. VAT, 4 decimals at most."""

    description: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    vat_kind: str = VatKind.STANDARD
    exemption_reason: str = ""
    """The seller's own wording where the line is exempt or outside the scope."""


@dataclass(frozen=True)
class ReleaseInput:
    """A part of an item that is approved, paid out and invoiced alone; `weight` is its share."""

    key: str
    label: str
    weight: int = 1


@dataclass(frozen=True)
class ChargeItemInput:
    """What the caller calls one thing; `key` is an opaque string, unique in the tenant."""

    key: str
    seller: Party
    description: str
    lines: tuple[ChargeLineInput, ...]
    releases: tuple[ReleaseInput, ...]
    commission: CommissionTerms
    supply: str = Supply.SERVICES
    commission_with: Callable[[Collection[str]], CommissionTerms] | None = None
    """The terms when programmes with these slugs pay a part; without it they stay the same."""

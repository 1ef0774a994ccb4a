"""The VAT rates of the French territories as dated rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from tenants.reference.models import VatRate

# CGI art. 278, 278-0 bis, 279, 281 quater ff. for the mainland; art. 297 for Corsica; art. 296 for
# Guadeloupe, Martinique and La Réunion, where one reduced rate stands for several. Since 2014-01-01.
_SINCE = date(2014, 1, 1)
_RATES: dict[str, dict[str, str]] = {
    "mainland": {"standard": "20", "intermediate": "10", "reduced": "5.5", "super_reduced": "2.1"},
    "corsica": {"standard": "20", "intermediate": "10", "reduced": "2.1", "super_reduced": "0.9"},
    "guadeloupe": {"standard": "8.5", "intermediate": "2.1", "reduced": "2.1", "super_reduced": "1.05"},
    "martinique": {"standard": "8.5", "intermediate": "2.1", "reduced": "2.1", "super_reduced": "1.05"},
    "reunion": {"standard": "8.5", "intermediate": "2.1", "reduced": "2.1", "super_reduced": "1.05"},
}


def load_vat_rates() -> int:
    """Add the rates that are missing; rows already there, perhaps corrected by staff, stay as they are."""
    rows = [
        VatRate(territory=territory, kind=kind, rate=Decimal(rate), valid_from=_SINCE)
        for territory, kinds in _RATES.items()
        for kind, rate in kinds.items()
    ]
    before = VatRate.objects.count()
    VatRate.objects.bulk_create(rows, ignore_conflicts=True)
    return VatRate.objects.count() - before

"""Dated parameters of the law for the rules of every tenant: what they are here, their values in rows."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from django.utils.translation import gettext_lazy as _

from kernel.rules.kinds import Kind, read_value
from kernel.rules.parameters import DatedValue, Parameter
from tenants.reference.models import DatedParameter

DEMINIMIS_CEILING = "deminimis.ceiling"

_KNOWN = (Parameter(DEMINIMIS_CEILING, Kind.CENTS, _("Plafond des aides de minimis"), ()),)
# Regulation (EU) 2023/2831, art. 3(2): EUR 300,000 per single undertaking over any period of 3 years;
# before it Regulation (EU) 1407/2013, art. 3(2): EUR 200,000 over any period of 3 fiscal years.
_VALUES = (
    (DEMINIMIS_CEILING, date(2014, 1, 1), 20_000_000, "Règlement (UE) n° 1407/2013, article 3"),
    (DEMINIMIS_CEILING, date(2024, 1, 1), 30_000_000, "Règlement (UE) 2023/2831, article 3"),
)


def load_parameters() -> int:
    """Add the values that are missing; rows already there, perhaps corrected by staff, stay as they are."""
    before = DatedParameter.objects.count()
    DatedParameter.objects.bulk_create(
        (
            DatedParameter(key=key, valid_from=valid_from, value=value, reference=reference)
            for key, valid_from, value, reference in _VALUES
        ),
        ignore_conflicts=True,
    )
    return DatedParameter.objects.count() - before


def known_parameters() -> dict[str, Parameter]:
    """Every parameter with its values, oldest first; one statement. Raises ValueRefused for a broken row."""
    rows: dict[str, list[DatedParameter]] = defaultdict(list)
    for row in DatedParameter.objects.order_by("key", "valid_from"):
        rows[row.key].append(row)
    return {
        known.key: Parameter(
            known.key,
            known.kind,
            known.label,
            tuple(
                DatedValue(
                    row.valid_from,
                    None if row.value is None else read_value(known.kind, row.value),
                    row.reference,
                )
                for row in rows[known.key]
            ),
            known.unit,
        )
        for known in _KNOWN
    }

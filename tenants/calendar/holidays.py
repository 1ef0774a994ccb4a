"""French public holidays of any year, overseas ones too (Code du travail, art. L. 3133-1, L. 3422-2)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from dateutil.easter import easter

_ABOLITION = {
    "971": (5, 27),
    "972": (5, 22),
    "973": (6, 10),
    "974": (12, 20),
    "976": (4, 27),
}
_ALSACE_MOSELLE = frozenset({"57", "67", "68"})


@lru_cache(maxsize=64)
def public_holidays(year: int, departments: tuple[str, ...] = ()) -> frozenset[date]:
    """The days off of a year. Local days count when all of the tenant's ``departments`` (INSEE) have them."""
    sunday = easter(year)
    days = {
        date(year, 1, 1),
        sunday + timedelta(days=1),
        date(year, 5, 1),
        date(year, 5, 8),
        sunday + timedelta(days=39),
        sunday + timedelta(days=50),
        date(year, 7, 14),
        date(year, 8, 15),
        date(year, 11, 1),
        date(year, 11, 11),
        date(year, 12, 25),
    }
    if departments and all(code in _ALSACE_MOSELLE for code in departments):
        days |= {sunday - timedelta(days=2), date(year, 12, 26)}
    if departments and len(set(departments)) == 1 and departments[0] in _ABOLITION:
        days.add(date(year, *_ABOLITION[departments[0]]))
    return frozenset(days)

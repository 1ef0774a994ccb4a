"""Which departments a fictitious provider serves, from its working radius."""

from __future__ import annotations

from collections.abc import Sequence

# Departments that touch each other, within the regions of the demonstration.
NEIGHBOURS = {
    "16": ("17", "24", "33", "79", "86", "87"),
    "17": ("16", "33", "79"),
    "19": ("23", "24", "87"),
    "22": ("29", "35", "56"),
    "23": ("19", "87"),
    "24": ("16", "19", "33", "47", "87"),
    "29": ("22", "56"),
    "33": ("16", "17", "24", "40", "47"),
    "35": ("22", "56"),
    "40": ("33", "47", "64"),
    "47": ("24", "33", "40"),
    "56": ("22", "29", "35"),
    "64": ("40",),
    "79": ("16", "17", "86"),
    "86": ("16", "79", "87"),
    "87": ("16", "19", "23", "24", "86"),
}
NEAR_KM = 70
FAR_KM = 150


def departments_served(*, home: str, radius_km: int, of_space: Sequence[str]) -> list[str]:
    """INSEE codes served within a space; an empty list means all of it.

    Up to 70 km the provider's own department, up to 150 km the neighbours too, beyond that everywhere.
    """
    if radius_km > FAR_KM:
        return []
    reached = {home} if radius_km <= NEAR_KM else {home, *NEIGHBOURS.get(home, ())}
    served = sorted(reached & set(of_space))
    return served or list(of_space)[:1]

"""What can be asked about programmes."""

from __future__ import annotations

import datetime

from billing.funding.models import Programme


def open_programmes(on: datetime.date) -> list[Programme]:
    """Programmes that run on a legal date, by name; one statement."""
    return list(Programme.objects.open_on(on).order_by("name", "id"))


def all_programmes() -> list[Programme]:
    """Every programme with its funder and budgets, the latest to end first; two statements."""
    return list(
        Programme.objects.select_related("funder")
        .prefetch_related("budgets")
        .order_by("-ends_on", "name", "id")
    )


def get_programme(slug: str) -> Programme | None:
    """One programme with its funder and budgets, or None."""
    return Programme.objects.select_related("funder").prefetch_related("budgets").filter(slug=slug).first()

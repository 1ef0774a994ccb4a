"""What can be asked about programmes and their rules."""

from __future__ import annotations

import datetime

from django.db.models import Prefetch, QuerySet

from billing.funding.models import Programme, RuleRevision


def open_programmes(on: datetime.date) -> list[Programme]:
    """Programmes that run on a legal date, by name; one statement."""
    return list(Programme.objects.open_on(on).order_by("name", "id"))


def programmes_to_apply(on: datetime.date) -> list[Programme]:
    """Programmes that run on a legal date in the order in which they apply, with budgets and published
    revisions; three statements."""
    return list(
        Programme.objects.open_on(on)
        .prefetch_related("budgets", published_revisions())
        .order_by("stacking_order", "id")
    )


def all_programmes() -> list[Programme]:
    """Every programme with its funder and budgets, the latest to end first; two statements."""
    return list(
        Programme.objects.select_related("funder")
        .prefetch_related("budgets")
        .order_by("-ends_on", "name", "id")
    )


def programmes_with_rules() -> list[Programme]:
    """Every programme with its funder and all its revisions, for the operator's list; two statements."""
    return list(
        Programme.objects.select_related("funder")
        .prefetch_related("revisions")
        .order_by("-ends_on", "name", "id")
    )


def get_programme(slug: str) -> Programme | None:
    """One programme with its funder, budgets and published revisions, or None."""
    return (
        Programme.objects.select_related("funder")
        .prefetch_related("budgets", published_revisions())
        .filter(slug=slug)
        .first()
    )


def published_revisions() -> Prefetch[str, QuerySet[RuleRevision], str]:
    """For `prefetch_related`: the revisions that decide, did or will."""
    return Prefetch("revisions", RuleRevision.objects.published())


def revisions_of(programme: Programme) -> list[RuleRevision]:
    """All revisions of a programme with who wrote and published them, the newest first; one statement."""
    return list(programme.revisions.select_related("author", "published_by").order_by("-number"))

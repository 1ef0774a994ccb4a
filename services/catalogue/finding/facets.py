"""How many services each choice of each filter would leave, the other filters kept."""

from __future__ import annotations

import datetime
import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.cache import cache
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, Value, When

from services.catalogue.filters import LEAD_TIMES, PRICE_KINDS, RATINGS, ServiceFilters, least_hundredths
from services.catalogue.finding.interpretation import Interpretation
from services.catalogue.finding.narrowing import aided, conditions, described
from services.catalogue.models import Service

EDITION_KEY = "catalogue:edition"
# What a programme or a provider changes shows after this time; a service's own change at once.
FACETS_SECONDS = 60
# So long another process may still show the counts from before a service's change.
PROCESS_SECONDS = 5.0
NAMES = ("category", "department", "price", "max_days", "aid", "min_rating", "provider")


@dataclass(frozen=True)
class Facets:
    """Numbers of services; ``categories`` by the key of the rubric itself, the others by the filter's value.

    ``everywhere`` are services without a list of departments: ``departments`` holds the others.
    """

    total: int = 0
    categories: dict[int, int] = field(default_factory=dict)
    prices: dict[str, int] = field(default_factory=dict)
    lead_times: dict[int, int] = field(default_factory=dict)
    departments: dict[str, int] = field(default_factory=dict)
    everywhere: int = 0
    aided: int = 0
    ratings: dict[int, int] = field(default_factory=dict)

    def in_department(self, code: str) -> int:
        """Services that serve a department."""
        return self.everywhere + self.departments.get(code, 0)


def facets(
    filters: ServiceFilters,
    meaning: Interpretation,
    *,
    categories: tuple[int, ...],
    on: datetime.date,
    nearest: bool = False,
) -> Facets:
    """Counts for a search; one statement, none while the cache holds them. Nothing personal is kept.

    All requests of the process share the answer: nobody changes it.
    """
    asked = (replace(filters, page=1, sort="", text=""), bool(filters.text), meaning, categories, on, nearest)
    space, now = cache.make_key(EDITION_KEY), time.monotonic()
    own = _kept.setdefault(space, {})
    kept = own.get(asked)
    if kept is not None and now < kept[0]:
        return kept[1]
    found = _stored(asked, lambda: _count(filters, meaning, categories, on, nearest=nearest))
    if len(own) >= _MOST_KEPT:
        own.clear()
    own[asked] = (now + PROCESS_SECONDS, found)
    return found


def forget_facets() -> None:
    """Count again: for whoever has just changed what the shop shows."""
    cache.delete(EDITION_KEY)
    _kept.pop(cache.make_key(EDITION_KEY), None)


# By the whole key of the cache, hence by tenant, then by what was asked.
_kept: dict[str, dict[tuple[Any, ...], tuple[float, Facets]]] = {}
_MOST_KEPT = 200


def _stored(asked: tuple[Any, ...], count: Callable[[], Facets]) -> Facets:
    edition = cache.get_or_set(EDITION_KEY, secrets.token_hex(8), None)
    key = f"catalogue:facets:{edition}:{hashlib.sha256(repr(asked).encode()).hexdigest()}"
    stored: Facets | None = cache.get(key)
    if stored is None:
        stored = count()
        cache.set(key, stored, FACETS_SECONDS)
    return stored


def _count(
    filters: ServiceFilters,
    meaning: Interpretation,
    categories: tuple[int, ...],
    on: datetime.date,
    *,
    nearest: bool,
) -> Facets:
    asked = conditions(filters, categories, on)
    fits = {
        f"fits_{name}": Case(When(asked[name], then=True), default=False) if name in asked else Value(True)
        for name in NAMES
    }
    found = (
        described(Service.objects.published(), filters, meaning, nearest=nearest)
        .annotate(is_aided=aided(on), **fits)
        .values_list(
            "category_id",
            "price_kind",
            "lead_time_days",
            "departments",
            "is_aided",
            "rating_hundredths",
            *fits,
        )
    )
    try:
        inner, values = found.query.sql_with_params()
    except EmptyResultSet:
        return Facets()
    with connection.cursor() as cursor:
        cursor.execute(_counting(inner), values)
        return _read(cursor.fetchall())


def _counting(inner: str) -> str:
    """One statement: the services once, then each filter's choices among what the others leave."""
    columns = ["category_id", "price_kind", "lead_time_days", "departments", "is_aided", "rating"]
    columns += [f"fits_{name}" for name in NAMES]
    days = ", ".join(f"({days})" for days in LEAD_TIMES)
    ratings = ", ".join(f"({rating}, {least_hundredths(rating)})" for rating in RATINGS)
    return f"""
        WITH found ({", ".join(columns)}) AS MATERIALIZED ({inner})
        SELECT 'total', '', count(*) FROM found WHERE {_all_but()}
        UNION ALL
        SELECT 'category', category_id::text, count(*) FROM found WHERE {_all_but("category")} GROUP BY 2
        UNION ALL
        SELECT 'price', price_kind, count(*) FROM found WHERE {_all_but("price")} GROUP BY 2
        UNION ALL
        SELECT 'days', most::text, count(*) FROM found, (VALUES {days}) AS choice(most)
        WHERE lead_time_days <= most AND {_all_but("max_days")} GROUP BY 2
        UNION ALL
        SELECT 'rating', shown::text, count(*) FROM found, (VALUES {ratings}) AS choice(shown, least)
        WHERE rating >= least AND {_all_but("min_rating")} GROUP BY 2
        UNION ALL
        SELECT 'everywhere', '', count(*) FROM found WHERE departments = '{{}}' AND {_all_but("department")}
        UNION ALL
        SELECT 'department', code, count(*) FROM found, unnest(departments) AS code
        WHERE {_all_but("department")} GROUP BY 2
        UNION ALL
        SELECT 'aid', '', count(*) FROM found WHERE is_aided AND {_all_but("aid")}
    """  # noqa: S608 (nothing in it comes from people: their words are values)


def _all_but(left_out: str = "") -> str:
    return " AND ".join(f"fits_{name}" for name in NAMES if name != left_out)


def _read(rows: list[tuple[Any, ...]]) -> Facets:
    kinds = {kind.value: value for value, kind in PRICE_KINDS.items()}
    single = {name: count for name, choice, count in rows if not choice}
    return Facets(
        total=single["total"],
        everywhere=single["everywhere"],
        aided=single["aid"],
        categories={int(choice): count for name, choice, count in rows if name == "category"},
        prices={kinds[choice]: count for name, choice, count in rows if name == "price"},
        lead_times={int(choice): count for name, choice, count in rows if name == "days"},
        ratings={int(choice): count for name, choice, count in rows if name == "rating"},
        departments={choice: count for name, choice, count in rows if name == "department"},
    )

"""Filters of a search as conditions on services: one place for the lists, the counts and the API."""

from __future__ import annotations

import datetime
from typing import TypeVar

from django.db.models import BooleanField, Exists, Func, OuterRef, Q, QuerySet
from django.db.models.fields.json import KeyTransform

from billing.funding.models import Programme
from services.catalogue.filters import PRICE_KINDS, ServiceFilters, least_hundredths
from services.catalogue.finding.interpretation import Interpretation
from services.catalogue.models import Service

Services = TypeVar("Services", bound="QuerySet[Service]")


def described(
    services: Services, filters: ServiceFilters, meaning: Interpretation, *, nearest: bool
) -> Services:
    """Services of the words that were typed; with ``nearest`` those that any one of them fits."""
    if meaning.is_empty:
        # Words were typed, and none says anything.
        return services.none() if filters.text else services
    return services.filter(search_vector=meaning.anything() if nearest else meaning.everything())


def narrowed(
    services: Services, filters: ServiceFilters, categories: tuple[int, ...], on: datetime.date
) -> Services:
    """Services that fit every filter in force, words apart."""
    for condition in conditions(filters, categories, on).values():
        services = services.filter(condition)
    return services


def conditions(
    filters: ServiceFilters, categories: tuple[int, ...], on: datetime.date
) -> dict[str, Q | Exists]:
    """Each filter in force by its name; ``categories`` are the chosen rubric and those below it."""
    asked: dict[str, Q | Exists] = {}
    if filters.category:
        asked["category"] = Q(category_id__in=categories)
    if filters.department:
        asked["department"] = Q(departments=[]) | Q(departments__contains=[filters.department])
    if filters.price:
        asked["price"] = Q(price_kind=PRICE_KINDS[filters.price])
    if filters.max_days:
        asked["max_days"] = Q(lead_time_days__lte=filters.max_days)
    if filters.provider:
        asked["provider"] = Q(provider__provider_profile__slug=filters.provider)
    if filters.min_rating:
        asked["min_rating"] = Q(rating_hundredths__gte=least_hundredths(filters.min_rating))
    if filters.aid:
        asked["aid"] = aided(on)
    return asked


def aided(on: datetime.date) -> Exists:
    """Whether a programme that runs on the day covers the rubric of the service or the one above it."""
    covered = KeyTransform("categories", "eligibility")
    named = [
        Func(covered, OuterRef(path), function="jsonb_exists", output_field=BooleanField())
        for path in ("category__slug", "category__parent__slug")
    ]
    return Exists(
        Programme.objects.open_on(on).filter(
            Q(named[0]) | Q(named[1]) | ~Q(eligibility__has_key="categories")
        )
    )

"""The shop's lists: one page of what a search found, and how much there is of everything else."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import CombinedSearchQuery, SearchQuery, SearchRank
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Case, F, FloatField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import get_language

from billing.charges.errors import VatRateUnknown, VatRegimeUnknown
from services.catalogue.filters import PAGE_SIZE, ServiceFilters
from services.catalogue.finding.facets import Facets, facets
from services.catalogue.finding.interpretation import Interpretation, interpret
from services.catalogue.finding.narrowing import aided, described, narrowed
from services.catalogue.models import Service, ServiceMilestone
from services.catalogue.prices import PriceBook, SellerFacts, price_book
from services.catalogue.rubrics import CategoryTree, category_tree
from tenants.parties.models import VatRegimePeriod

if TYPE_CHECKING:
    from tenants.parties.models import Party


# Of a description (D), of nothing (C), of the summary, rubric and deliverables (B), of the name (A): a word
# in the name says what a service is, one in the description only what it touches.
WEIGHTS = [0.02, 0.1, 0.3, 1.0]


@dataclass(slots=True)
class ServiceCard:
    """A service as lists show it; prices of one unit in cents, None where the price is on quote."""

    slug: str
    name: str
    summary: str
    price_kind: str
    unit: str
    lead_time_days: int
    category: str
    icon: str
    provider: str
    provider_slug: str
    aid: bool
    excl_cents: int | None
    incl_cents: int | None
    min_cents: int | None
    max_cents: int | None
    cover: str
    review_count: int
    rating_hundredths: int | None


@dataclass(frozen=True, slots=True)
class ServicePage:
    """One page of a search, what it was understood as, and how much there is of it.

    ``nearest``: no service has everything that was typed, these have a part of it.
    """

    cards: list[ServiceCard]
    page: int
    meaning: Interpretation
    facets: Facets
    nearest: bool

    @property
    def total(self) -> int:
        """Services found, on all pages."""
        return self.facets.total

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE_SIZE))


def published_services(
    filters: ServiceFilters, *, on: datetime.date, tree: CategoryTree, buyer: Party | None = None
) -> ServicePage:
    """One page of the shop's services that fit ``filters``, priced for a legal date.

    One statement, one more for words, one more where nobody has counted lately. A ``buyer`` in another tax
    territory sees the rates that it would be charged.
    """
    meaning = interpret(filters.text)
    categories = tuple(tree.ids_below(filters.category))
    found = facets(filters, meaning, categories=categories, on=on)
    nearest = False
    if not found.total and len(meaning.concepts) > 1:
        near = facets(filters, meaning, categories=categories, on=on, nearest=True)
        if near.total:
            found, nearest = near, True
    rows = _fetch(filters, meaning, on, categories, nearest=nearest)
    book, english = price_book(on), get_language() == "en"
    cards = [_card(row, book, buyer, english=english) for row in rows]
    return ServicePage(cards, filters.page, meaning, found, nearest)


def cards_of(slugs: Sequence[str], *, on: datetime.date, buyer: Party | None = None) -> list[ServiceCard]:
    """Cards of named services in their order, those left out that the shop no longer shows; one statement."""
    if not slugs:
        return []
    rows = {row[0]: row for row in _rows(on).filter(slug__in=slugs)}
    book, english = price_book(on), get_language() == "en"
    return [_card(rows[slug], book, buyer, english=english) for slug in slugs if slug in rows]


def published_for_programs(filters: ServiceFilters, *, on: datetime.date) -> QuerySet[Service]:
    """The shop's services that fit ``filters``, unordered, for the API; the rubrics and the words besides."""
    categories = tuple(category_tree().ids_below(filters.category))
    meaning = interpret(filters.text)
    services = described(Service.objects.published(), filters, meaning, nearest=False)
    return narrowed(services, filters, categories, on).select_related(
        "category", "provider__provider_profile"
    )


def _fetch(
    filters: ServiceFilters,
    meaning: Interpretation,
    on: datetime.date,
    categories: tuple[int, ...],
    *,
    nearest: bool,
) -> list[tuple[Any, ...]]:
    statement = _statement(filters, meaning, on, categories, nearest=nearest)
    if statement is None:
        return []
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return cursor.fetchall()


@lru_cache(maxsize=512)
def _statement(
    filters: ServiceFilters,
    meaning: Interpretation,
    on: datetime.date,
    categories: tuple[int, ...],
    *,
    nearest: bool,
) -> tuple[str, tuple[Any, ...]] | None:
    """The SQL of one page of a search and its values; None where nothing can be found.

    Kept because Django takes longer to write it than to read its rows. It names no schema, so that every
    tenant's connection may send it, and no column of it needs converting (a test holds that).
    """
    found = described(_rows(on), filters, meaning, nearest=nearest)
    found = _ordered(narrowed(found, filters, categories, on), filters, meaning, nearest=nearest)
    start = (filters.page - 1) * PAGE_SIZE
    try:
        return found[start : start + PAGE_SIZE].query.sql_with_params()  # type: ignore[no-any-return]
    except EmptyResultSet:
        return None


def _headed(meaning: Interpretation) -> Q:
    return Q.create([Q(sort_key__startswith=head) for head in meaning.heads], connector=Q.OR)


def _rank(query: SearchQuery | CombinedSearchQuery) -> SearchRank:
    return SearchRank(F("search_vector"), query, weights=WEIGHTS)


def _ordered(
    services: QuerySet[Any], filters: ServiceFilters, meaning: Interpretation, *, nearest: bool
) -> QuerySet[Any]:
    if filters.order == "pertinence" and not meaning.is_empty:
        every = meaning.anything() if nearest else meaning.everything()
        # What is called as it was typed comes before what is called otherwise.
        head = Case(When(_headed(meaning), then=Value(1.0)), default=Value(0.0), output_field=FloatField())
        rank = _rank(meaning.typed()) * 2 + _rank(every) + head
        return services.order_by(rank.desc(), "sort_key", "id")
    if filters.order == "prix":
        return services.order_by(F("unit_price").asc(nulls_last=True), "sort_key", "id")
    if filters.order == "note":
        return services.order_by(
            F("rating_hundredths").desc(nulls_last=True), "-review_count", "sort_key", "id"
        )
    if filters.order == "delai":
        return services.order_by("lead_time_days", "sort_key", "id")
    return services.order_by("sort_key", "id")


@lru_cache(maxsize=8)
def _rows(on: datetime.date) -> QuerySet[Any]:
    """The columns of a card; built once a day."""
    regime = VatRegimePeriod.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on), party=OuterRef("provider_id"), starts_on__lte=on
    ).order_by()
    milestones = ServiceMilestone.objects.filter(service=OuterRef("pk")).order_by("position")
    return (
        Service.objects.published()
        .annotate(
            regime=Subquery(regime.values("regime")[:1]),
            shares=ArraySubquery(milestones.values("share_percent")),
            aid=aided(on),
        )
        .values_list(
            "slug",
            "name",
            "name_en",
            "summary",
            "summary_en",
            "price_kind",
            "unit",
            "lead_time_days",
            "category__name",
            "category__name_en",
            "category__icon",
            "category__parent__icon",
            "provider__trade_name",
            "provider__legal_name",
            "provider__provider_profile__slug",
            "provider__country_code",
            "provider__tax_territory",
            "unit_price",
            "vat_kind",
            "indicative_min_cents",
            "indicative_max_cents",
            "regime",
            "shares",
            "aid",
            "cover",
            "review_count",
            "rating_hundredths",
        )
    )


def _card(row: tuple[Any, ...], book: PriceBook, buyer: Party | None, *, english: bool) -> ServiceCard:
    (
        slug, name, name_en, summary, summary_en, price_kind, unit, days, category, category_en,
        icon, parent_icon, trade_name, legal_name, provider_slug, country, territory, unit_price, vat_kind,
        min_cents, max_cents, regime, shares, aid, cover,
        review_count, rating_hundredths,
    ) = row  # fmt: skip
    price = None
    if unit_price is not None:
        seller = SellerFacts(regime or "", country, territory)
        try:
            price = book.price_of(
                unit_price=unit_price, vat_kind=vat_kind, seller=seller, shares=tuple(shares), buyer=buyer
            )
        except (VatRegimeUnknown, VatRateUnknown):
            # The service page says so; a list is shown without the price that nobody knows.
            price = None
    return ServiceCard(
        slug=slug,
        name=(english and name_en) or name,
        summary=(english and summary_en) or summary,
        price_kind=price_kind,
        unit=unit,
        lead_time_days=days,
        category=(english and category_en) or category,
        icon=icon or parent_icon or "",
        provider=trade_name or legal_name,
        provider_slug=provider_slug or "",
        aid=aid,
        excl_cents=price.excl_cents if price else None,
        incl_cents=price.incl_cents if price else None,
        min_cents=min_cents,
        max_cents=max_cents,
        cover=cover,
        review_count=review_count,
        rating_hundredths=rating_hundredths,
    )

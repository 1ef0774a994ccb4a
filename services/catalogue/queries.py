"""What can be asked of the catalogue; each list page is one function with a fixed number of statements."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    When,
    Window,
)
from django.db.models.fields.json import KeyTransform
from django.utils.translation import get_language

from billing.charges.errors import VatRateUnknown, VatRegimeUnknown
from billing.funding.models import Programme
from services.catalogue.filters import PAGE_SIZE, PRICE_KINDS, ServiceFilters
from services.catalogue.models import ProviderProfile, Service, ServiceMilestone
from services.catalogue.prices import PriceBook, SellerFacts, price_book
from services.catalogue.rubrics import CategoryTree, category_tree
from services.catalogue.text import search_words
from tenants.parties.models import PartyRole, VatRegimePeriod

if TYPE_CHECKING:
    from tenants.parties.models import Party


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


@dataclass(frozen=True, slots=True)
class ServicePage:
    """One page of a search and the number of all that it found."""

    cards: list[ServiceCard]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // PAGE_SIZE))


def published_services(
    filters: ServiceFilters, *, on: datetime.date, tree: CategoryTree, buyer: Party | None = None
) -> ServicePage:
    """One page of the shop's services that fit ``filters``, priced for a legal date; one statement.

    A ``buyer`` in another tax territory sees the rates that it would be charged.
    """
    statement = _statement(filters, on, tuple(tree.ids_below(filters.category)))
    rows: list[tuple[Any, ...]] = []
    if statement is not None:
        with connection.cursor() as cursor:
            cursor.execute(*statement)
            rows = cursor.fetchall()
    book, english = price_book(on), get_language() == "en"
    cards = [_card(row, book, buyer, english=english) for row in rows]
    return ServicePage(cards=cards, total=rows[0][-1] if rows else 0, page=filters.page)


def published_for_programs(filters: ServiceFilters, *, on: datetime.date) -> QuerySet[Service]:
    """The shop's services that fit ``filters``, unordered, for the API; two statements with the rubrics."""
    categories = tuple(category_tree().ids_below(filters.category))
    services: QuerySet[Service] = _narrowed(Service.objects.published(), filters, categories, on)
    return services.select_related("category", "provider__provider_profile")


def get_service(slug: str) -> Service | None:
    """A service that the shop shows, with all that its page and its offer need; None when there is none."""
    return (
        Service.objects.published()
        .select_related("category__parent", "provider__provider_profile")
        .prefetch_related(
            "options", "milestones", "intake_forms", "provider__vat_regime_periods", "provider__roles"
        )
        .filter(slug=slug)
        .first()
    )


def services_of(party_id: int) -> QuerySet[Service]:
    """A provider's own services in every state, the ones in work first; one statement."""
    return (
        Service.objects.of_provider(party_id)
        .select_related("category")
        .annotate(rank=_STATE_RANK)
        .order_by("rank", "sort_key", "id")
    )


def services_for_review(state: str = "") -> QuerySet[Service]:
    """Services for the operator's list, those that wait first, the oldest of them first; one statement."""
    services = Service.objects.select_related("category", "provider")
    if state:
        services = services.filter(state=state)
    return services.annotate(rank=_STATE_RANK).order_by("rank", "updated_at", "id")


def count_by_state() -> dict[str, int]:
    """How many services there are in each state; one statement."""
    rows = Service.objects.values_list("state").annotate(count=Count("pk")).order_by()
    return dict(rows)


_STATE_RANK = Case(
    When(state="review", then=0),
    When(state="draft", then=1),
    When(state="published", then=2),
    When(state="paused", then=3),
    default=4,
    output_field=IntegerField(),
)


@lru_cache(maxsize=512)
def _statement(
    filters: ServiceFilters, on: datetime.date, categories: tuple[int, ...]
) -> tuple[str, tuple[Any, ...]] | None:
    """The SQL of one page of a search and its values; None where nothing can be found.

    Kept because Django takes longer to write it than to read its rows. It names no schema, so that every
    tenant's connection may send it, and no column of it needs converting (a test holds that).
    """
    found = _ordered(_narrowed(_rows(on), filters, categories, on), filters)
    start = (filters.page - 1) * PAGE_SIZE
    try:
        return found[start : start + PAGE_SIZE].query.sql_with_params()  # type: ignore[no-any-return]
    except EmptyResultSet:
        return None


def _narrowed(
    services: QuerySet[Any], filters: ServiceFilters, categories: tuple[int, ...], on: datetime.date
) -> QuerySet[Any]:
    if filters.category:
        services = services.filter(category_id__in=categories)
    if filters.department:
        services = services.filter(Q(departments=[]) | Q(departments__contains=[filters.department]))
    if filters.price:
        services = services.filter(price_kind=PRICE_KINDS[filters.price])
    if filters.max_days:
        services = services.filter(lead_time_days__lte=filters.max_days)
    if filters.provider:
        services = services.filter(provider__provider_profile__slug=filters.provider)
    if filters.aid:
        services = services.filter(_aided(on))
    for word in search_words(filters.text):
        services = services.filter(search_text__contains=word)
    if filters.text and not search_words(filters.text):
        services = services.none()
    return services


def _ordered(services: QuerySet[Any], filters: ServiceFilters) -> QuerySet[Any]:
    words = search_words(filters.text)
    if filters.order == "pertinence" and words:
        hits = [
            Case(When(sort_key__contains=word, then=1), default=0, output_field=IntegerField())
            for word in words
        ]
        score = sum(hits[1:], start=hits[0])
        return services.order_by(score.desc(), "sort_key", "id")
    if filters.order == "prix":
        return services.order_by(F("unit_price").asc(nulls_last=True), "sort_key", "id")
    if filters.order == "delai":
        return services.order_by("lead_time_days", "sort_key", "id")
    return services.order_by("sort_key", "id")


def _aided(on: datetime.date) -> Exists:
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
            aid=_aided(on),
            total=Window(Count("*")),
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
            "total",
        )
    )


def _card(row: tuple[Any, ...], book: PriceBook, buyer: Party | None, *, english: bool) -> ServiceCard:
    (
        slug, name, name_en, summary, summary_en, price_kind, unit, days, category, category_en,
        icon, parent_icon, trade_name, legal_name, provider_slug, country, territory, unit_price, vat_kind,
        min_cents, max_cents, regime, shares, aid, _total,
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
    )


def get_provider_profile(slug: str) -> ProviderProfile | None:
    """The public page of a provider who is active; None for any other."""
    return (
        ProviderProfile.objects.select_related("party")
        .filter(slug=slug, party__roles__role="provider", party__roles__state="active")
        .first()
    )


def providers_for_review() -> QuerySet[PartyRole]:
    """Providers for the operator's list, those who wait first; one statement with their services counted."""
    pending = Case(When(state="pending", then=0), default=1, output_field=IntegerField())
    return (
        PartyRole.objects.filter(role="provider")
        .select_related("party__provider_profile")
        .annotate(rank=pending, service_count=Count("party__services"))
        .order_by("rank", "party__legal_name", "pk")
    )

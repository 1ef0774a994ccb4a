"""The shop: home, search, rubric, service, and a provider's public page."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from billing.funding.eligibility import helping
from billing.funding.queries import open_programmes
from services.catalogue.filters import ServiceFilters
from services.catalogue.finding.listing import cards_of, published_services
from services.catalogue.finding.seen import remember_seen, seen_slugs
from services.catalogue.models import PriceKind, Service
from services.catalogue.queries import get_provider_profile, get_service
from services.catalogue.reviews import shown_reviews
from services.catalogue.rubrics import category_tree
from services.catalogue.web.cards import lead_time, rating_words, shown_cards
from services.catalogue.web.engines import schema_org
from services.catalogue.web.prices import aid_of_choice, price_of_choice, price_of_unit
from services.catalogue.web.search import search_context
from services.catalogue.web.shown_pictures import described_pictures
from services.catalogue.wishes import is_favourite
from tenants.accounts.models import User
from tenants.calendar.working_days import clock_settings, working_days
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date
from tenants.parties.acting import acting_party

if TYPE_CHECKING:
    from tenants.parties.models import Party

SEEN_ON_HOME = 3
REVIEWS_SHOWN = 3
REVIEWS_A_PAGE = 20


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What do you want to move forward?"""
    programmes = open_programmes(today())
    figures = Service.objects.published().aggregate(
        services=Count("pk"), providers=Count("provider", distinct=True)
    )
    seen = cards_of(seen_slugs(request.COOKIES)[:SEEN_ON_HOME], on=today(), buyer=buyer_of(request))
    context = {
        "seen": shown_cards(seen),
        "categories": category_tree().roots,
        "programmes": programmes[:3],
        "is_open": figures["services"] > 0,
        "figures": {**figures, "programmes": len(programmes)},
    }
    return render(request, "catalogue/shop/home.html", context)


@require_safe
def service_list(request: HttpRequest) -> HttpResponse:
    """Search and filters over the published services."""
    return _listed(request, ServiceFilters.from_query(request.GET))


@require_safe
def category(request: HttpRequest, slug: str) -> HttpResponse:
    """The services of one rubric, with the same filters."""
    return _listed(request, replace(ServiceFilters.from_query(request.GET), category=slug), own_page=True)


@require_safe
def service(request: HttpRequest, slug: str) -> HttpResponse:
    """One service: for me, at which price, when?"""
    found = get_service(slug)
    if found is None:
        raise Http404
    context = {
        **page_of_service(found, request, buyer=buyer_of(request)),
        "reviews": list(shown_reviews(found)[:REVIEWS_SHOWN]) if found.review_count else [],
        "is_favourite": isinstance(request.user, User) and is_favourite(request.user, found),
    }
    if request.headers.get("HX-Target") == "price":
        return render(request, "catalogue/shop/_price.html", context)
    context["schema_org"] = schema_org(context)
    page = render(request, "catalogue/shop/service.html", context)
    remember_seen(page, seen_slugs(request.COOKIES), found.slug)
    return page


@require_safe
def reviews(request: HttpRequest, slug: str) -> HttpResponse:
    """All that those who ordered a service say about it."""
    found = get_service(slug)
    if found is None:
        raise Http404
    page = Paginator(shown_reviews(found), REVIEWS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "catalogue/shop/reviews.html", {**described_service(found), "page": page})


@require_safe
def provider(request: HttpRequest, slug: str) -> HttpResponse:
    """Who is this provider, and what does it offer?"""
    profile = get_provider_profile(slug)
    if profile is None:
        raise Http404
    filters = ServiceFilters(provider=slug, page=ServiceFilters.from_query(request.GET).page)
    page = published_services(filters, on=today(), tree=category_tree(), buyer=buyer_of(request))
    context = {
        "profile": profile,
        "party": profile.party,
        "about": (get_language() == "en" and profile.about_en) or profile.about,
        "cards": shown_cards(page.cards),
        **paging(page.page, page.pages, filters),
    }
    return render(request, "catalogue/shop/provider.html", context)


def today() -> datetime.date:
    """The tenant's legal date."""
    return legal_date(current_tenant(), timezone.now())


def buyer_of(request: HttpRequest) -> Party | None:
    """The business one acts for; None for visitors, who cost no statement."""
    return acting_party(request, "business") if request.user.is_authenticated else None


def paging(page: int, pages: int, filters: ServiceFilters) -> dict[str, Any]:
    """Addresses of the pages beside this one, empty where there is none."""
    return {
        "page": page,
        "pages": pages,
        "previous_url": filters.at_page(page - 1).query_string() or "?" if page > 1 else "",
        "next_url": filters.at_page(page + 1).query_string() if page < pages else "",
    }


def page_of_service(
    found: Service, request: HttpRequest, *, buyer: Party | None, for_preview: bool = False
) -> dict[str, Any]:
    """All that the shop's page of a service says to a buyer, for what was chosen in the address."""
    on = today()
    quantity = request.GET.get("quantity", "").strip()[:12] or _least(found)
    options = request.GET.getlist("option")[:20]
    choice = None
    if found.is_orderable and found.unit_price is not None:
        choice = price_of_choice(
            found, options=options, quantity=quantity, buyer=buyer, on=on, for_preview=for_preview
        )
    return {
        **described_service(found),
        "choice": choice,
        "unit_price": price_of_unit(found, buyer=buyer, on=on),
        "earliest_on": earliest_deliveries([found])[0],
        "programmes": helping(
            open_programmes(on), categories_of(found), buyer.department_code or None if buyer else None
        ),
        "after_aid": aid_of_choice(found, choice, buyer=buyer, on=on) if choice is not None else None,
        "is_own": buyer is not None and buyer.pk == found.provider_id,
        "page_url": request.path,
    }


def described_service(found: Service) -> dict[str, Any]:
    """The words of a service in the active language, for the shop and for its review."""
    english = get_language() == "en"
    forms = list(found.intake_forms.all())
    questions = forms[0].fields if forms else []
    return {
        "service": found,
        "name": (english and found.name_en) or found.name,
        "summary": (english and found.summary_en) or found.summary,
        "description": (english and found.description_en) or found.description,
        "category_name": (english and found.category.name_en) or found.category.name,
        "options": [_option(option, english=english) for option in found.options.all()],
        "milestones": [
            {"of": part, "label": (english and part.label_en) or part.label, "share": part.share_percent}
            for part in found.milestones.all()
        ],
        "questions": [
            {
                "of": question,
                "label": (english and question.get("label_en")) or question["label"],
                "required": question["required"],
                "file": question["type"] == "file",
                "depends": bool(question.get("condition")),
            }
            for question in questions
        ],
        "lead_time": lead_time(found.lead_time_days),
        "pictures": described_pictures(found),
        "rating": found.rating_hundredths and rating_words(found.rating_hundredths, found.review_count),
        "counts_units": found.price_kind == PriceKind.UNIT,
    }


def categories_of(found: Service) -> list[str]:
    """Slugs of a service's rubric and of the one above it, as programmes name them."""
    parent = found.category.parent
    return [found.category.slug, *([parent.slug] if parent else [])]


def earliest_deliveries(services: Sequence[Service]) -> list[datetime.date]:
    """When each can be there if ordered now: the provider's time to answer, then the lead time."""
    calendar, answer = working_days(), clock_settings().provider_answer_working_days
    now, tenant = timezone.now(), current_tenant()
    return [legal_date(tenant, calendar.add(now, answer + one.lead_time_days)) for one in services]


def _least(found: Service) -> str:
    """The least that can be ordered, as it would be typed."""
    least = found.minimum_quantity or found.quantity_step
    return f"{least.normalize():f}" if found.price_kind == PriceKind.UNIT and least else "1"


def _option(option: Any, *, english: bool) -> dict[str, Any]:
    return {
        "of": option,
        "key": option.key,
        "label": (english and option.label_en) or option.label,
        "unit_price": option.unit_price,
        "per_unit": option.per_unit,
        "note": option.vat_exemption_reason,
    }


def _listed(request: HttpRequest, filters: ServiceFilters, *, own_page: bool = False) -> HttpResponse:
    tree = category_tree()
    chosen = tree.by_slug.get(filters.category)
    if own_page and chosen is None:
        raise Http404
    page = published_services(filters, on=today(), tree=tree, buyer=buyer_of(request))
    if not page.cards and filters.page > 1:
        return redirect(f"{request.path}{filters.at_page(1).query_string()}")
    context = {
        "cards": shown_cards(page.cards),
        "compare_form": "compare" if len(page.cards) > 1 else "",
        "total": page.total,
        "corrections": page.meaning.corrections,
        "nearest": page.nearest,
        **paging(page.page, page.pages, filters),
        **search_context(filters, tree, page.facets, own_page=own_page),
    }
    return render(request, "catalogue/shop/list.html", context)

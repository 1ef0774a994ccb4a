"""The shop: suggestions while one types, and services side by side."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from billing.funding.eligibility import helping
from billing.funding.queries import open_programmes
from services.catalogue.filters import ServiceFilters
from services.catalogue.finding.listing import cards_of
from services.catalogue.finding.seen import seen_slugs
from services.catalogue.finding.suggestions import suggestions
from services.catalogue.models import PriceKind, Service
from services.catalogue.queries import get_services, withdrawn_names
from services.catalogue.rubrics import category_tree
from services.catalogue.web.cards import shown_cards
from services.catalogue.web.entrepreneur import (
    buyer_of,
    categories_of,
    described_service,
    earliest_deliveries,
    today,
)
from services.catalogue.web.prices import price_of_unit

if TYPE_CHECKING:
    from billing.funding.models import Programme
    from tenants.parties.models import Party

COMPARED = 4


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """Options of the search box's list; without scripts the search itself."""
    filters = ServiceFilters.from_query(request.GET)
    if not request.headers.get("HX-Request"):
        answer: HttpResponse = redirect(
            f"{reverse('catalogue:services')}{ServiceFilters(text=filters.text).query_string()}"
        )
    else:
        rubrics, services = suggestions(filters.text, category_tree())
        context = {"rubrics": rubrics, "services": services, "count": len(rubrics) + len(services)}
        answer = render(request, "catalogue/shop/_suggestions.html", context)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


@require_safe
def compare(request: HttpRequest) -> HttpResponse:
    """Which one to choose? Up to four services, named in the address so that it can be sent to others."""
    asked = list(dict.fromkeys(slug[:160] for slug in request.GET.getlist("service")[:20] if slug))
    chosen = asked[:COMPARED]
    found = get_services(chosen)
    on, buyer = today(), buyer_of(request)
    programmes = open_programmes(on) if found else []
    shown = [one.slug for one in found]
    others = [slug for slug in seen_slugs(request.COOKIES) if slug not in asked]
    missing = [slug for slug in chosen if slug not in shown]
    room = len(shown) < COMPARED
    columns = [
        {**_column(one, shown, programmes, buyer, on), "earliest_on": earliest_on}
        for one, earliest_on in zip(found, earliest_deliveries(found) if found else [], strict=True)
    ]
    names = [column["name"] for column in columns]
    for column in columns:
        # Two providers may call their services alike: on a phone the name is all that tells them apart.
        alike = names.count(column["name"]) > 1
        provider = column["service"].provider.display_name
        column["title"] = f"{column['name']}, {provider}" if alike else column["name"]
    context = {
        "columns": columns,
        "any_picture": any(column["pictures"] for column in columns),
        "too_many": len(asked) > COMPARED,
        "withdrawn": withdrawn_names(missing) if missing else [],
        "others": [
            {**card, "add_url": _address([*shown, card["slug"]])}
            for card in shown_cards(cards_of(others, on=on, buyer=buyer) if room else [])
        ],
        "list_url": reverse("catalogue:services"),
    }
    return render(request, "catalogue/shop/compare.html", context)


def _column(
    found: Service, shown: list[str], programmes: list[Programme], buyer: Party | None, on: datetime.date
) -> dict[str, Any]:
    department = buyer.department_code or None if buyer else None
    return {
        **described_service(found),
        "unit_price": price_of_unit(found, buyer=buyer, on=on),
        "programmes": helping(programmes, categories_of(found), department),
        "can_add": found.price_kind == PriceKind.FIXED and (buyer is None or buyer.pk != found.provider_id),
        "without_url": _address([slug for slug in shown if slug != found.slug]),
    }


def _address(slugs: list[str]) -> str:
    query = urlencode([("service", slug) for slug in slugs])
    address = reverse("catalogue:compare")
    return f"{address}?{query}" if query else address

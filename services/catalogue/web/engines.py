"""What search engines read: public pages, a service in schema.org's words, and who may read at all."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from services.catalogue.models import PriceKind, ProviderProfile, Service
from services.catalogue.rubrics import category_tree
from services.catalogue.web.shown_pictures import described_pictures
from tenants.accounts.letters import site_origin
from tenants.directory.current import current_tenant

if TYPE_CHECKING:
    from services.catalogue.prices import ShownPrice

# What the protocol allows in one file is 50,000.
MOST_SERVICES = 40_000
CLOSED = ("/compte/", "/commandes/", "/commander/", "/panier/", "/prestataire/", "/console/", "/api/")
# `<` and `&` would be read as HTML in the page that holds the data.
_ESCAPES = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Which pages engines may read; of a demonstration none, for nothing in it is true."""
    tenant = current_tenant()
    lines = ["User-agent: *"]
    if tenant.is_demo:
        lines.append("Disallow: /")
    else:
        lines += [f"Disallow: {path}" for path in CLOSED]
        lines.append(f"Sitemap: {site_origin(tenant)}{reverse('catalogue:sitemap')}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Home, rubrics, services and providers that anybody may read; two statements."""
    origin = site_origin(current_tenant())
    rows = [
        format_html("<url><loc>{}{}</loc>{}</url>", origin, path, _last_change(day)) for path, day in _pages()
    ]
    content = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n' + "\n".join(rows) + "\n</urlset>\n"
    )
    response = HttpResponse(content, content_type="application/xml; charset=utf-8")
    response["Cache-Control"] = "public, max-age=3600"
    return response


def schema_org(page: dict[str, Any]) -> SafeString:
    """A service as a `Service` with its `Offer` and rating, in JSON that a page may hold as data.

    ``page`` is the context of the shop's page.
    """
    service: Service = page["service"]
    origin = site_origin(current_tenant())
    url = origin + reverse("catalogue:service", args=[service.slug])
    profile = getattr(service.provider, "provider_profile", None)
    provider = {"@type": "Organization", "name": service.provider.display_name}
    if profile is not None:
        provider["url"] = origin + reverse("catalogue:provider", args=[profile.slug])
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Service",
        "name": page["name"],
        "description": page["summary"],
        "url": url,
        "category": page["category_name"],
        "provider": provider,
    }
    images = [origin + one["url"] for one in described_pictures(service)]
    if images:
        found["image"] = images
    if service.rating_hundredths is not None:
        found["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": str(Decimal(service.rating_hundredths).scaleb(-2)),
            "bestRating": "5",
            "worstRating": "1",
            "reviewCount": service.review_count,
        }
    if page["unit_price"] is not None:
        found["offers"] = _offer(service, page["unit_price"], url)
    return SafeString(json.dumps(found, ensure_ascii=False).translate(_ESCAPES))


def _offer(service: Service, price: ShownPrice, url: str) -> dict[str, Any]:
    incl = f"{Decimal(price.incl_cents).scaleb(-2):.2f}"
    said = {"@type": "UnitPriceSpecification", "price": incl, "priceCurrency": "EUR"}
    if service.price_kind != PriceKind.FIXED:
        said["unitText"] = service.unit
    return {
        "@type": "Offer",
        "url": url,
        "price": incl,
        "priceCurrency": "EUR",
        "priceSpecification": {**said, "valueAddedTaxIncluded": True},
    }


def _pages() -> Iterator[tuple[str, str]]:
    yield reverse("catalogue:home"), ""
    yield reverse("catalogue:services"), ""
    for slug in category_tree().by_slug:
        yield reverse("catalogue:category", args=[slug]), ""
    services = Service.objects.published().order_by("pk").values_list("slug", "updated_at")
    for slug, at in services[:MOST_SERVICES]:
        yield reverse("catalogue:service", args=[slug]), at.date().isoformat()
    active = ProviderProfile.objects.filter(party__roles__role="provider", party__roles__state="active")
    for slug in active.order_by("pk").values_list("slug", flat=True):
        yield reverse("catalogue:provider", args=[slug]), ""


def _last_change(day: str) -> SafeString:
    return format_html("<lastmod>{}</lastmod>", day) if day else SafeString("")

"""What search engines find: public pages only, and services in schema.org's words."""

from __future__ import annotations

import json
import re
from typing import Any
from xml.etree import ElementTree

from services.catalogue.operations import pause_service
from services.catalogue.writing import start_version
from tenants.directory.hosts import forget_hosts
from tenants.directory.models import Tenant
from tests.services.catalogue.building import new_service
from tests.services.catalogue.conftest import Shop


def test_the_sitemap_lists_what_anybody_may_read(
    shop: Shop, tenant: Any, tenant_client: Any, django_assert_max_num_queries: Any
) -> None:
    paused = new_service(shop.provider, shop.creation, slug="ancien")
    pause_service(service_id=paused.pk, actor=None, role="operator")
    new_service(shop.provider, shop.creation, slug="brouillon", published=False)
    version = start_version(service_id=shop.service.pk)
    answer = tenant_client.get("/sitemap.xml")
    assert answer["Content-Type"].startswith("application/xml")
    tree = ElementTree.fromstring(answer.content)
    paths = [re.sub("^https?://[^/]+", "", str(one.text)) for one in tree.iter() if one.tag.endswith("loc")]
    for path in ("/", "/services/", "/rubriques/site/", "/services/site-vitrine/", "/prestataires/atelier/"):
        assert path in paths
    for slug in ("ancien", "brouillon", version.slug):
        assert f"/services/{slug}/" not in paths
    assert f"http://{tenant.slug}.localhost" in answer.text
    with django_assert_max_num_queries(12):
        tenant_client.get("/sitemap.xml")


def test_a_demonstration_is_not_for_engines(shop: Shop, tenant: Any, tenant_client: Any) -> None:
    assert "Disallow: /\n" in tenant_client.get("/robots.txt").text
    Tenant.objects.filter(pk=tenant.pk).update(is_demo=False)
    forget_hosts()
    told = tenant_client.get("/robots.txt").text
    forget_hosts()
    assert "Disallow: /\n" not in told
    assert "Disallow: /console/" in told
    assert "/sitemap.xml" in told


def test_a_service_is_said_in_schema_orgs_words(shop: Shop, tenant_client: Any) -> None:
    new_service(
        shop.provider, shop.creation, slug="heures", name="</script><b>&", price_kind="unit", unit="heure"
    )
    new_service(shop.provider, shop.creation, slug="devis", price_kind="quote", unit_price=None)
    found = {slug: described(tenant_client, slug) for slug in ("site-vitrine", "heures", "devis")}
    assert found["site-vitrine"]["@type"] == "Service"
    assert found["site-vitrine"]["offers"]["price"] == "468.00"
    assert found["site-vitrine"]["provider"]["url"].endswith("/prestataires/atelier/")
    assert found["heures"]["name"] == "</script><b>&"
    assert found["heures"]["offers"]["priceSpecification"]["unitText"] == "heure"
    assert "offers" not in found["devis"]
    assert "aggregateRating" not in found["devis"]


def described(client: Any, slug: str) -> dict[str, Any]:
    """The data in the page of a service, as a browser takes it out."""
    [data] = re.findall(
        '<script type="application/ld\\+json">(.*?)</script>', client.get(f"/services/{slug}/").text
    )
    loaded: dict[str, Any] = json.loads(data)
    return loaded

"""Services side by side, and those seen lately."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from services.catalogue.operations import pause_service
from tests.services.catalogue.building import new_provider, new_service
from tests.services.catalogue.conftest import Shop
from tests.services.catalogue.test_shop_pages import text_of


def more(shop: Shop, *slugs: str) -> None:
    for slug in slugs:
        new_service(shop.provider, shop.creation, slug=slug, name=f"Service {slug}")


def test_one_service_is_nothing_to_compare(shop: Shop, tenant_client: Any) -> None:
    assert "Choisissez au moins deux services." in text_of(tenant_client.get("/comparer/"))
    one = text_of(tenant_client.get("/comparer/?service=site-vitrine"))
    assert "« Site vitrine » est déjà choisi." in one


def test_two_stand_beside_each_other_in_the_order_asked(shop: Shop, tenant_client: Any) -> None:
    more(shop, "autre")
    page = tenant_client.get("/comparer/?service=autre&service=site-vitrine&service=autre")
    said = page.content.decode()
    assert said.index("Service autre</th>") < said.index("Site vitrine</th>")
    assert "Prix" in said
    assert 'href="/comparer/?service=site-vitrine"' in said
    assert 'data-label="Service autre"' in said


def test_four_at_most(shop: Shop, tenant_client: Any) -> None:
    more(shop, "a", "b", "c", "d")
    page = tenant_client.get("/comparer/?service=a&service=b&service=c&service=d&service=site-vitrine")
    assert "voici les quatre premiers" in text_of(page)
    assert "Site vitrine</th>" not in page.content.decode()


def test_what_is_withdrawn_is_said_and_drafts_stay_unknown(shop: Shop, tenant_client: Any) -> None:
    more(shop, "a", "b")
    new_service(shop.provider, shop.creation, slug="brouillon", name="Secret", published=False)
    pause_service(service_id=shop.service.pk, actor=None, role="operator")
    page = text_of(tenant_client.get("/comparer/?service=a&service=b&service=site-vitrine&service=brouillon"))
    assert "« Site vitrine » n’est plus proposé." in page
    assert "Secret" not in page


def test_it_costs_the_same_for_two_and_for_four(shop: Shop, tenant_client: Any) -> None:
    more(shop, "a", "b", "c")
    counts = []
    for slugs in (["a", "b"], ["a", "b", "c", "site-vitrine"]):
        tenant_client.get("/comparer/", {"service": slugs})
        with CaptureQueriesContext(connection) as asked:
            assert tenant_client.get("/comparer/", {"service": slugs}).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1], counts


def test_what_was_seen_comes_back(shop: Shop, tenant_client: Any) -> None:
    assert "Vus récemment" not in text_of(tenant_client.get("/"))
    more(shop, *(f"s{number}" for number in range(9)))
    for number in range(9):
        tenant_client.get(f"/services/s{number}/")
    tenant_client.get("/services/s5/")
    tenant_client.get("/services/s5/?option=redaction", headers={"HX-Target": "price"})
    assert tenant_client.cookies["seen"].value == ".".join(f"s{n}" for n in (5, 8, 7, 6, 4, 3, 2, 1))
    home = text_of(tenant_client.get("/"))
    assert "Vus récemment" in home
    assert "Service s5" in home
    assert "Service s6" not in home
    assert "service=s5&amp;service=s8" in tenant_client.get("/comparer/?service=s5").content.decode()


@pytest.mark.parametrize("said", ["", ".", "s1.<b>.s1;x", "s" * 161, "rien.du.tout", "s1." * 40])
def test_a_cookie_that_somebody_wrote_breaks_nothing(shop: Shop, tenant_client: Any, said: str) -> None:
    tenant_client.cookies["seen"] = said
    for address in ("/", "/comparer/?service=site-vitrine", "/services/site-vitrine/"):
        assert tenant_client.get(address).status_code == 200


def test_a_visit_leaves_no_session(shop: Shop, tenant_client: Any) -> None:
    tenant_client.get("/services/site-vitrine/")
    assert set(tenant_client.cookies) == {"seen", "csrf"}


def test_a_list_of_several_offers_to_compare(shop: Shop, tenant_client: Any) -> None:
    assert 'form="compare"' not in tenant_client.get("/services/").content.decode()
    more(shop, "a")
    said = tenant_client.get("/services/").content.decode()
    assert said.count('form="compare"') == 2
    assert '<form class="compare-bar" id="compare" action="/comparer/" method="get">' in said


def test_services_called_alike_are_told_apart(shop: Shop, tenant_client: Any) -> None:
    more(shop, "a")
    new_service(new_provider("studio"), shop.creation, slug="autre", name="Site vitrine")
    said = tenant_client.get("/comparer/?service=site-vitrine&service=autre&service=a").content.decode()
    for title in ("Site vitrine, Atelier", "Site vitrine, Studio", "Service a"):
        assert f'data-label="{title}"' in said

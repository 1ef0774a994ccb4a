"""The shop's pages: what they show, what they leave out, and what they cost."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from services.catalogue.operations import pause_service
from tests.services.catalogue.building import log_in, new_business, new_service, new_user
from tests.services.catalogue.conftest import Shop

ADDRESSES = [
    "/",
    "/services/",
    "/services/?q=vitrine&rubrique=site&prix=forfait&tri=prix",
    "/rubriques/site/",
    "/services/site-vitrine/",
    "/services/site-vitrine/?option=redaction",
    "/prestataires/atelier/",
]


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().replace("\u202f", " ").replace("\xa0", " ").split())


@pytest.mark.parametrize("address", ADDRESSES)
def test_pages_answer_with_one_heading(shop: Shop, tenant_client: Any, address: str) -> None:
    response = tenant_client.get(address)
    assert response.status_code == 200
    assert response.content.decode().count("<h1") == 1


@pytest.mark.parametrize(
    "address", ["/services/rien/", "/rubriques/rien/", "/prestataires/rien/", "/services/rien/publier/"]
)
def test_unknown_addresses(shop: Shop, tenant_client: Any, address: str) -> None:
    assert tenant_client.get(address).status_code == 404


def test_an_english_page_marks_what_it_says_in_french(shop: Shop, tenant_client: Any) -> None:
    french = tenant_client.get("/services/site-vitrine/").content.decode()
    assert 'lang="fr"' not in french.replace('<html lang="fr"', "").replace('value="fr" lang="fr"', "")
    english = tenant_client.get("/services/site-vitrine/", headers={"accept-language": "en"}).content.decode()
    assert '<html lang="en"' in english
    assert re.search(r'<ul class="check-list" lang="fr">', english)
    assert re.search(r'<p class="mb-0" lang="fr">', english)


def test_another_tenants_service_does_not_exist(shop: Shop, client_for: Any, other_tenant: Any) -> None:
    assert client_for(other_tenant).get("/services/site-vitrine/").status_code == 404


def test_a_paused_service_is_gone(shop: Shop, tenant_client: Any) -> None:
    pause_service(service_id=shop.service.pk, actor=None, role="operator")
    assert tenant_client.get("/services/site-vitrine/").status_code == 404
    assert "Aucun service" in text_of(tenant_client.get("/services/?q=vitrine"))


def test_an_empty_catalogue_says_so(tenant: Any, tenant_client: Any) -> None:
    assert "Le catalogue ouvre bientôt." in text_of(tenant_client.get("/"))
    assert "Le catalogue ouvre bientôt." in text_of(tenant_client.get("/services/"))


def test_no_result_offers_to_remove_each_filter(shop: Shop, tenant_client: Any) -> None:
    page = tenant_client.get("/services/?q=plombier&prix=forfait")
    assert "Aucun service avec ces filtres." in text_of(page)
    assert 'href="/services/?prix=forfait"' in page.content.decode()
    assert 'href="/services/?q=plombier"' in page.content.decode()


def test_a_page_too_far_leads_to_the_first(shop: Shop, tenant_client: Any) -> None:
    assert tenant_client.get("/services/?q=vitrine&page=9").headers["Location"] == "/services/?q=vitrine"


def test_the_price_follows_options_and_quantity(shop: Shop, tenant_client: Any) -> None:
    assert "468,00 € TTC" in text_of(tenant_client.get("/services/site-vitrine/"))
    assert "612,00 € TTC" in text_of(tenant_client.get("/services/site-vitrine/?option=redaction"))
    new_service(
        shop.provider,
        shop.creation,
        slug="colis",
        price_kind="unit",
        unit="colis",
        unit_price=Decimal("6.90"),
        options=[],
    )
    assert "20,70 €" in text_of(tenant_client.get("/services/colis/?quantity=3"))
    refused = tenant_client.get("/services/colis/?quantity=abc")
    assert refused.status_code == 200
    assert "Indiquez une quantité" in text_of(refused)


def test_a_change_of_the_form_gets_the_price_alone(shop: Shop, tenant_client: Any) -> None:
    part = tenant_client.get(
        "/services/site-vitrine/?option=redaction", headers={"HX-Request": "true", "HX-Target": "price"}
    )
    assert part.content.decode().lstrip().startswith('<div id="price"')


def test_services_that_the_cart_does_not_take_lead_to_the_provider(shop: Shop, tenant_client: Any) -> None:
    shop.provider.email = "contact@atelier.example"
    shop.provider.save()
    new_service(
        shop.provider,
        shop.creation,
        slug="refonte",
        price_kind="quote",
        unit_price=None,
        indicative_min_cents=90000,
        indicative_max_cents=450000,
    )
    page = text_of(tenant_client.get("/services/refonte/"))
    assert "mailto:contact@atelier.example" in page
    assert "entre 900,00 € et 4 500,00 € HT" in page
    assert "Ajouter au panier" not in page


def test_anonymous_list_costs_at_most_six_statements_at_any_size(shop: Shop, tenant_client: Any) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert tenant_client.get("/services/").status_code == 200
        return len([query for query in captured if "SAVEPOINT" not in query["sql"]])

    statements()
    few = statements()
    for number in range(100):
        new_service(shop.provider, shop.creation, slug=f"s{number}", name=f"Service {number:02d}")
    assert statements() == few <= 4


def test_a_person_of_the_business_sees_the_shop(shop: Shop, tenant_client: Any) -> None:
    user = new_user("camille@savonnerie.example")
    new_business(user)
    log_in(tenant_client, user)
    assert "468,00 € TTC" in text_of(tenant_client.get("/services/"))
    assert "Mes commandes" in text_of(tenant_client.get("/"))


def test_english(shop: Shop, tenant_client: Any) -> None:
    page = tenant_client.get("/services/site-vitrine/", headers={"Accept-Language": "en"})
    assert "Showcase site" in text_of(page)

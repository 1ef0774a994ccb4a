"""The catalogue for programs: open to read, by key, with the shop's filters."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.calling import hold_against_document
from tests.services.catalogue.building import new_service
from tests.services.catalogue.conftest import Shop


def test_list_and_detail(shop: Shop, tenant_client: Any) -> None:
    body = tenant_client.get("/api/v1/services/").json()
    assert [row["slug"] for row in body["results"]] == ["site-vitrine"]
    assert body["results"][0]["unit_price"] == "390.0000"
    assert body["results"][0]["provider"]["slug"] == "atelier"
    detail = tenant_client.get("/api/v1/services/site-vitrine/").json()
    assert [part["share_percent"] for part in detail["milestones"]] == [40, 60]
    assert detail["questions"][0]["key"] == "activite"


def test_filters_and_drafts(shop: Shop, tenant_client: Any) -> None:
    new_service(shop.provider, shop.creation, slug="brouillon", published=False)
    assert tenant_client.get("/api/v1/services/?q=plombier").json()["results"] == []
    assert tenant_client.get("/api/v1/services/brouillon/").status_code == 404
    assert tenant_client.post("/api/v1/services/", {}).status_code in {401, 403, 405}


def test_the_answers_are_those_of_the_document(shop: Shop, tenant_client: Any) -> None:
    for path in ("/api/v1/services/", "/api/v1/services/site-vitrine/", "/api/v1/services/nothing/"):
        hold_against_document("get", path, tenant_client.get(path))


def test_the_list_costs_the_same_with_one_and_with_fifty(shop: Shop, tenant_client: Any) -> None:
    def count() -> int:
        tenant_client.get("/api/v1/services/")
        with CaptureQueriesContext(connection) as captured:
            tenant_client.get("/api/v1/services/")
        return len(captured)

    one = count()
    for number in range(49):
        new_service(shop.provider, shop.creation, slug=f"s{number}", name=f"Service {number:02d}")
    assert len(tenant_client.get("/api/v1/services/").json()["results"]) == 50
    assert count() == one

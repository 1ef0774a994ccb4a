"""Who may see and move services and providers: owner, team-mate, stranger, desks."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from services.catalogue.models import ServiceState
from services.catalogue.operations import submit_service
from services.catalogue.writing import start_version, write_on_service
from tenants.parties.models import PartyRole
from tests.services.catalogue.building import log_in, new_category, new_provider, new_service, new_user
from tests.services.catalogue.conftest import Shop

CONSOLE = [
    "/console/services/",
    "/console/services/?etat=review",
    "/console/services/site-vitrine/",
    "/console/prestataires/",
]


@pytest.mark.parametrize("address", [*CONSOLE, "/prestataire/services/"])
def test_visitors_are_asked_to_log_in(shop: Shop, tenant_client: Any, address: str) -> None:
    assert tenant_client.get(address).status_code == 302


@pytest.mark.parametrize("address", [*CONSOLE, "/prestataire/services/"])
def test_strangers_see_nothing(shop: Shop, tenant_client: Any, address: str) -> None:
    log_in(tenant_client, new_user("stranger@example.org"))
    assert tenant_client.get(address).status_code == 404


@pytest.mark.parametrize("address", CONSOLE)
@pytest.mark.parametrize(
    ("desk", "status"), [("catalogue", 200), ("administrator", 200), ("finance", 404), ("support", 404)]
)
def test_desks(shop: Shop, tenant_client: Any, address: str, desk: str, status: int) -> None:
    log_in(tenant_client, new_user(f"{desk}@example.org", role=desk))
    assert tenant_client.get(address).status_code == status


def test_the_catalogue_desk_publishes_and_pauses(shop: Shop, tenant_client: Any) -> None:
    log_in(tenant_client, new_user("catalogue@example.org", role="catalogue"))
    tenant_client.post("/console/services/site-vitrine/suspendre/")
    shop.service.refresh_from_db()
    assert shop.service.state == ServiceState.PAUSED
    again = tenant_client.post("/console/services/site-vitrine/suspendre/", follow=True)
    assert "Seul un service publié se suspend." in again.content.decode()
    tenant_client.post("/console/services/site-vitrine/publier/")
    shop.service.refresh_from_db()
    assert shop.service.state == ServiceState.PUBLISHED
    assert tenant_client.post("/console/services/site-vitrine/rien/").status_code == 404


def test_the_catalogue_desk_activates_a_provider(shop: Shop, tenant_client: Any) -> None:
    waiting = new_provider("attente", state="pending")
    log_in(tenant_client, new_user("catalogue@example.org", role="catalogue"))
    tenant_client.post(f"/console/prestataires/{waiting.public_id}/activer/")
    assert PartyRole.objects.get(party=waiting, role="provider").state == "active"
    tenant_client.post(f"/console/prestataires/{waiting.public_id}/suspendre/")
    assert PartyRole.objects.get(party=waiting, role="provider").state == "suspended"


def test_reading_desks_decide_nothing(shop: Shop, tenant_client: Any) -> None:
    log_in(tenant_client, new_user("finance@example.org", role="finance"))
    assert tenant_client.post("/console/services/site-vitrine/suspendre/").status_code == 404
    assert (
        tenant_client.post(f"/console/prestataires/{shop.provider.public_id}/suspendre/").status_code == 404
    )
    shop.service.refresh_from_db()
    assert shop.service.state == ServiceState.PUBLISHED


def test_a_provider_sees_and_moves_its_own_services_only(shop: Shop, tenant_client: Any) -> None:
    owner = new_user("contact@photo.example")
    party = new_provider("photo", user=owner)
    new_service(party, new_category("image"), slug="photos", name="Photos", published=False)
    log_in(tenant_client, owner)
    page = tenant_client.get("/prestataire/services/").content.decode()
    assert "Photos" in page
    assert "Site vitrine" not in page
    tenant_client.post("/prestataire/services/photos/envoyer/")
    assert party.services.get().state == ServiceState.REVIEW
    assert tenant_client.post("/prestataire/services/site-vitrine/suspendre/").status_code == 404
    assert tenant_client.post("/prestataire/services/photos/publier/").status_code == 404


def test_the_desk_reads_what_changes_and_asks_for_corrections(shop: Shop, tenant_client: Any) -> None:
    version = start_version(service_id=shop.service.pk)
    write_on_service(service_id=version.pk, unit_price=Decimal(450), name="Site neuf")
    submit_service(service_id=version.pk, actor=None, role="provider")
    log_in(tenant_client, new_user("catalogue@example.org", role="catalogue"))
    assert "Site neuf" in tenant_client.get("/console/services/?etat=review").content.decode()
    page = f"/console/services/{version.slug}/"
    shown = tenant_client.get(page).content.decode()
    assert "<del>Site vitrine</del>" in shown
    assert "<ins>Site neuf</ins>" in shown
    assert "<del>Site vitrine" not in tenant_client.get("/console/services/site-vitrine/").content.decode()
    empty = tenant_client.post(f"{page}corrections/", {"remark-name": " ", "note": ""})
    assert empty.status_code == 422
    assert "Indiquez au moins une correction" in empty.content.decode()
    tenant_client.post(f"{page}corrections/", {"remark-name": "Trop vague.", "note": "Presque prêt."})
    version.refresh_from_db()
    assert version.state == ServiceState.DRAFT
    shown = tenant_client.get(page).content.decode()
    assert "Trop vague." in shown
    assert "Presque prêt." in shown
    # It is no longer the desk's turn.
    assert tenant_client.get(f"{page}corrections/").status_code == 302
    write_on_service(service_id=version.pk, name="Site vitrine de cinq pages")
    submit_service(service_id=version.pk, actor=None, role="provider")
    assert tenant_client.get(f"{page}publier/").status_code == 200
    answer = tenant_client.post(f"{page}publier/")
    assert answer.url == "/console/services/site-vitrine/"
    shop.service.refresh_from_db()
    assert (shop.service.name, shop.service.unit_price) == ("Site vitrine de cinq pages", Decimal(450))
    # The former contents are history, not a service of the list.
    assert tenant_client.get("/console/services/").content.decode().count("site-vitrine") == 1

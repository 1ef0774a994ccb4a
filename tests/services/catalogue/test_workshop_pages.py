"""The pages on which a provider writes, without scripts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from services.catalogue.models import Service, ServiceState
from services.catalogue.operations import pause_service
from services.catalogue.remarks import ask_for_corrections
from services.catalogue.writing import start_version, write_on_service
from tests.services.catalogue.building import log_in, new_provider, new_service, new_user
from tests.services.catalogue.conftest import Shop

HOME = "/prestataire/services/"


@pytest.fixture
def owner(shop: Shop, tenant_client: Any) -> Any:
    """A provider with one published service of its own, logged in."""
    user = new_user("contact@photo.example")
    party = new_provider("photo", user=user)
    new_service(party, shop.creation, slug="photos", name="Photos")
    log_in(tenant_client, user)
    return party


def test_a_service_is_written_from_nothing_and_sent(shop: Shop, owner: Any, tenant_client: Any) -> None:
    empty = tenant_client.post(f"{HOME}nouveau/", {"summary": "Gardé"})
    assert empty.status_code == 422
    assert "Gardé" in empty.content.decode()
    answer = tenant_client.post(
        f"{HOME}nouveau/",
        {"name": "Visite", "category": "site-creation", "summary": "Une visite.", "description": "On vient."},
    )
    assert answer.url == f"{HOME}visite/ecrire/prix/"
    wrong = {"price_kind": "fixed", "unit_price": "cher", "unit": "visite", "vat_kind": "exempt"}
    refused = tenant_client.post(answer.url, wrong)
    assert refused.status_code == 422
    assert refused.content.decode().count("Indiquez un nombre, par exemple 12,50.") == 2
    typed = {"price_kind": "unit", "unit_price": "1 250,5", "unit": "visite", "vat_kind": "standard"}
    answer = tenant_client.post(answer.url, {**typed, "minimum_quantity": "2", "quantity_step": "0,5"})
    assert answer.url == f"{HOME}visite/ecrire/options/"
    answer = tenant_client.post(answer.url, {"rows": "1", "0-label": "", "do": "next"})
    work = {"lead_time_days": "5", "rounds_of_changes": "", "deliverables": "Un rapport\n\n Des photos "}
    answer = tenant_client.post(answer.url, work)
    answer = tenant_client.post(answer.url, {"rows": "0", "do": "next"})
    answer = tenant_client.post(answer.url, {"rows": "1", "0-label": "", "0-type": "text", "do": "next"})
    assert answer.url == f"{HOME}visite/ecrire/conditions/"
    answer = tenant_client.post(answer.url, {"cancellation_terms": "Gratuit la veille."})
    assert answer.url == f"{HOME}visite/ecrire/images/"
    answer = tenant_client.post(answer.url, {"rows": "0", "do": "next"})
    assert answer.url == f"{HOME}visite/"
    service = Service.objects.get(slug="visite")
    assert (str(service.unit_price), str(service.quantity_step)) == ("1250.5000", "0.500")
    assert (service.deliverables, service.lead_time_days) == (["Un rapport", "Des photos"], 5)
    tenant_client.post(f"{HOME}visite/envoyer/")
    service.refresh_from_db()
    assert service.state == ServiceState.REVIEW
    # In review nothing is written any more, until it is taken back.
    assert tenant_client.get(f"{HOME}visite/ecrire/prix/").status_code == 302
    tenant_client.post(f"{HOME}visite/reprendre/")
    assert tenant_client.get(f"{HOME}visite/ecrire/prix/").status_code == 200


def test_rows_are_added_moved_and_removed_by_buttons(shop: Shop, owner: Any, tenant_client: Any) -> None:
    version = start_version(service_id=owner.services.get().pk)
    page = f"{HOME}{version.slug}/ecrire/etapes/"
    typed = {
        "rows": "2",
        "0-label": "Une",
        "0-share_percent": "30",
        "1-label": "Deux",
        "1-share_percent": "trente",
    }
    shown = tenant_client.post(page, {**typed, "do": "up-1"}).content.decode()
    assert shown.index("Deux") < shown.index("Une")
    assert "30 % sur 100 %" in shown
    assert "2-label" in tenant_client.post(page, {**typed, "do": "add"}).content.decode()
    assert "Deux" not in tenant_client.post(page, {**typed, "do": "remove-1"}).content.decode()
    refused = tenant_client.post(page, {**typed, "do": "next"})
    assert refused.status_code == 422
    assert "trente" in refused.content.decode()
    tenant_client.post(page, {**typed, "1-share_percent": "70", "do": "leave"})
    assert [part.share_percent for part in version.milestones.all()] == [30, 70]


def test_options_keep_their_keys(shop: Shop, owner: Any, tenant_client: Any) -> None:
    version = start_version(service_id=owner.services.get().pk)
    tenant_client.post(
        f"{HOME}{version.slug}/ecrire/options/",
        {
            "rows": "2",
            "0-label": "Rédaction",
            "0-unit_price": "20",
            "1-label": "Textes",
            "1-unit_price": "99,90",
            "1-per_unit": "oui",
            "1-key": "redaction",
            "do": "next",
        },
    )
    options = [(one.key, one.label, one.per_unit) for one in version.options.all()]
    assert options == [("redaction-2", "Rédaction", False), ("redaction", "Textes", True)]


def test_remarks_stand_beside_their_fields(shop: Shop, owner: Any, tenant_client: Any) -> None:
    version = start_version(service_id=owner.services.get().pk)
    tenant_client.post(f"{HOME}{version.slug}/envoyer/")
    ask_for_corrections(service_id=version.pk, actor=None, remarks={"unit_price": "Trop cher ?"})
    assert "1 correction demandée" in tenant_client.get(HOME).content.decode()
    assert "Trop cher ?" in tenant_client.get(f"{HOME}{version.slug}/").content.decode()
    shown = tenant_client.get(f"{HOME}{version.slug}/ecrire/prix/").content.decode()
    assert shown.index("Trop cher ?") < shown.index("id_unit_price_group")
    assert "Trop cher ?" not in tenant_client.get(f"{HOME}{version.slug}/ecrire/conditions/").content.decode()


def test_a_version_starts_from_the_page_and_is_given_up(shop: Shop, owner: Any, tenant_client: Any) -> None:
    answer = tenant_client.post(f"{HOME}photos/modifier/")
    assert answer.url != f"{HOME}photos/"
    assert tenant_client.get(f"{answer.url}archiver/").status_code == 200
    tenant_client.post(f"{answer.url}archiver/")
    assert Service.objects.get(revises__slug="photos").state == ServiceState.ARCHIVED
    assert "Nouvelle version" not in tenant_client.get(HOME).content.decode()


def test_nobody_writes_for_another(shop: Shop, owner: Any, tenant_client: Any) -> None:
    for tail in ("", "ecrire/prix/", "archiver/"):
        assert tenant_client.get(f"{HOME}site-vitrine/{tail}").status_code == 404
    for tail in ("modifier/", "ecrire/prix/", "ecrire/options/"):
        assert tenant_client.post(f"{HOME}site-vitrine/{tail}").status_code == 404
    assert tenant_client.get(f"{HOME}photos/ecrire/rien/").status_code == 404


def test_the_list_searches_and_costs_the_same(shop: Shop, owner: Any, tenant_client: Any) -> None:
    def count() -> int:
        tenant_client.get(HOME)
        with CaptureQueriesContext(connection) as captured:
            tenant_client.get(HOME)
        return len(captured)

    one = count()
    for number in range(32):
        new_service(owner, shop.creation, slug=f"s{number}", name=f"Été {number:02d}", published=False)
    assert count() == one
    assert "Page 1 sur 2" in tenant_client.get(HOME).content.decode()
    found = tenant_client.get(f"{HOME}?q=ete 07").content.decode()
    assert "Été 07" in found
    assert "Photos" not in found
    assert "Aucun service de ce nom." in tenant_client.get(f"{HOME}?q=zzz").content.decode()


def test_a_draft_is_seen_as_a_client_will_see_it(shop: Shop, owner: Any, tenant_client: Any) -> None:
    version = start_version(service_id=owner.services.get().pk)
    page = f"{HOME}{version.slug}/apercu/"
    shown = tenant_client.get(page).content.decode()
    assert "Rien n’est en vente ici." in shown
    assert 'type="button" disabled' in shown
    assert f'hx-get="{page}"' in shown
    assert "120,00" in shown.replace("\xa0", " ")
    assert "<html" not in tenant_client.get(page, headers={"HX-Target": "price"}).content.decode()
    write_on_service(service_id=version.pk, unit_price=None, description="", cancellation_terms="")
    bare = tenant_client.get(page)
    assert bare.status_code == 200
    assert "Si vous annulez" not in bare.content.decode()


def test_a_paused_service_is_put_back_on_sale_after_asking(
    shop: Shop, owner: Any, tenant_client: Any
) -> None:
    tenant_client.post(f"{HOME}photos/suspendre/")
    assert "Remettre en vente" in tenant_client.get(f"{HOME}photos/").content.decode()
    assert "Remettre ce service en vente" in tenant_client.get(f"{HOME}photos/remettre/").content.decode()
    tenant_client.post(f"{HOME}photos/remettre/")
    assert owner.services.get().state == ServiceState.PUBLISHED
    pause_service(service_id=owner.services.get().pk, actor=None, role="operator")
    stopped = tenant_client.get(f"{HOME}photos/").content.decode()
    assert "L’opérateur a suspendu ce service" in stopped
    assert "Remettre en vente" not in stopped
    refused = tenant_client.post(f"{HOME}photos/remettre/", follow=True).content.decode()
    assert "Demandez-lui de le publier à nouveau." in refused


def test_pages_beside_the_list_light_its_entry(shop: Shop, owner: Any, tenant_client: Any) -> None:
    def lit(path: str) -> set[str]:
        text = tenant_client.get(path).text
        return set(re.findall(r'nav-link" href="([^"]+)" aria-current="page"', text))

    for path in (HOME, f"{HOME}nouveau/", "/prestataire/avis/", "/prestataire/echange/"):
        assert lit(path) == {HOME}, path
    log_in(tenant_client, new_user("equipe@espace.example", role="catalogue"))
    assert lit("/console/echange/") == {"/console/services/"}
    assert lit("/console/avis/") == {"/console/avis/"}
    assert lit("/console/mots/") == {"/console/besoins/"}

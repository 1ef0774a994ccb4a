"""Favourites, and asking the operator for what nobody offers."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from services.catalogue.errors import NothingToLookFor, TooManyWishes
from services.catalogue.models import FavouriteService, WantedService
from services.catalogue.operations import pause_service
from services.catalogue.wishes import ask_for_service, keep_favourite
from tests.services.catalogue.building import log_in, new_service, new_user
from tests.services.catalogue.conftest import Shop
from tests.services.catalogue.test_shop_pages import text_of


def test_a_favourite_is_kept_and_dropped_by_forms(shop: Shop, tenant_client: Any) -> None:
    user = new_user("camille@savonnerie.example")
    log_in(tenant_client, user)
    assert "Aucun favori." in text_of(tenant_client.get("/favoris/"))
    for _twice in range(2):
        kept = tenant_client.post("/favoris/site-vitrine/ajouter/", follow=True)
    assert "Retirer des favoris" in text_of(kept)
    assert FavouriteService.objects.filter(user=user).count() == 1
    assert "Site vitrine" in text_of(tenant_client.get("/favoris/"))
    dropped = tenant_client.post("/favoris/site-vitrine/retirer/", follow=True)
    assert "Ajouter aux favoris" in text_of(dropped)
    assert not FavouriteService.objects.exists()


def test_favourites_are_ones_own_and_only_what_the_shop_shows(shop: Shop, tenant_client: Any) -> None:
    keep_favourite(user=new_user("other@example.org"), service=shop.service)
    me = new_user("camille@savonnerie.example")
    log_in(tenant_client, me)
    assert "Site vitrine" not in text_of(tenant_client.get("/favoris/"))
    keep_favourite(user=me, service=shop.service)
    pause_service(service_id=shop.service.pk, actor=None, role="operator")
    assert "Site vitrine" not in text_of(tenant_client.get("/favoris/"))
    assert tenant_client.post("/favoris/site-vitrine/ajouter/").status_code == 404
    assert tenant_client.post("/favoris/rien/ajouter/").status_code == 404


def test_visitors_are_led_to_log_in(shop: Shop, tenant_client: Any) -> None:
    for address in ("/favoris/", "/besoin/?q=occitan"):
        assert tenant_client.get(address).status_code == 302
    assert tenant_client.post("/favoris/site-vitrine/ajouter/").status_code == 302
    assert "?next=/services/site-vitrine/" in tenant_client.get("/services/site-vitrine/").content.decode()
    assert not FavouriteService.objects.exists()


def test_favourites_cost_the_same_at_two_and_twelve(shop: Shop, tenant_client: Any) -> None:
    user = new_user("camille@savonnerie.example")
    log_in(tenant_client, user)
    counts = []
    for first, last in ((0, 2), (2, 12)):
        for number in range(first, last):
            made = new_service(shop.provider, shop.creation, slug=f"s{number}", name=f"Service {number}")
            keep_favourite(user=user, service=made)
        tenant_client.get("/favoris/")
        with CaptureQueriesContext(connection) as asked:
            page = tenant_client.get("/favoris/")
        assert page.content.decode().count('class="service"') == last
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_no_result_leads_to_asking_with_the_words_typed(shop: Shop, tenant_client: Any) -> None:
    log_in(tenant_client, new_user("camille@savonnerie.example"))
    found = tenant_client.get("/services/?q=traduction occitan").content.decode()
    assert 'href="/besoin/?q=traduction%20occitan"' in found
    assert 'value="traduction occitan"' in tenant_client.get("/besoin/?q=traduction occitan").content.decode()
    sent = tenant_client.post("/besoin/", {"words": "traduction occitan", "note": "Niort"}, follow=True)
    assert "Votre demande « traduction occitan » est transmise à l’équipe." in text_of(sent)
    refused = tenant_client.post("/besoin/", {"words": "de la"})
    assert refused.status_code == 422
    assert "Indiquez ce que vous cherchez" in text_of(refused)


def test_the_same_wish_is_one_while_it_waits(shop: Shop) -> None:
    user = new_user("camille@savonnerie.example")
    first = ask_for_service(user=user, words="Traduction  Occitan")
    again = ask_for_service(user=user, words="traduction occitan", note="Vite")
    assert (again.pk, again.note) == (first.pk, "Vite")
    assert ask_for_service(user=new_user("other@example.org"), words="traduction occitan").pk != first.pk


def test_wishes_have_bounds(shop: Shop) -> None:
    user = new_user("camille@savonnerie.example")
    with pytest.raises(NothingToLookFor):
        ask_for_service(user=user, words="de la")
    for number in range(20):
        ask_for_service(user=user, words=f"besoin{number} drone")
    with pytest.raises(TooManyWishes):
        ask_for_service(user=user, words="encore drone")
    ask_for_service(user=user, words="besoin3 drone", note="Toujours")


def test_the_desk_reads_and_settles_wishes(shop: Shop, tenant_client: Any) -> None:
    desk = new_user("catalogue@example.org", role="catalogue")
    wish = ask_for_service(
        user=new_user("camille@savonnerie.example"), words="traduction occitan", note="Niort"
    )
    log_in(tenant_client, desk)
    said = text_of(tenant_client.get("/console/besoins/"))
    assert "traduction occitan" in said
    assert "camille@savonnerie.example" in said
    tenant_client.post(f"/console/besoins/{wish.public_id}/traiter/")
    wish.refresh_from_db()
    assert wish.settled_by == desk
    log_in(tenant_client, new_user("administrator@example.org", role="administrator"))
    assert "Traité" in text_of(tenant_client.post(f"/console/besoins/{wish.public_id}/traiter/", follow=True))
    wish.refresh_from_db()
    assert wish.settled_by == desk


def test_the_list_of_wishes_costs_the_same_and_waiting_ones_come_first(
    shop: Shop, tenant_client: Any
) -> None:
    log_in(tenant_client, new_user("catalogue@example.org", role="catalogue"))
    counts = []
    for first, last in ((0, 1), (1, 15)):
        for number in range(first, last):
            ask_for_service(user=new_user(f"u{number}@example.org"), words=f"drone {number}")
        tenant_client.get("/console/besoins/")
        with CaptureQueriesContext(connection) as asked:
            page = tenant_client.get("/console/besoins/")
        counts.append(len(asked))
    assert counts[0] == counts[1]
    last = WantedService.objects.get(words="drone 14")
    assert page.context["page"].object_list[0] == last
    tenant_client.post(f"/console/besoins/{last.public_id}/traiter/")
    rows = tenant_client.get("/console/besoins/").context["page"].object_list
    assert [rows[0].words, rows[14].words] == ["drone 13", "drone 14"]


@pytest.mark.parametrize("address", ["/console/besoins/", "/console/mots/"])
@pytest.mark.parametrize(("desk", "status"), [("catalogue", 200), ("finance", 404), ("", 404)])
def test_who_may_read_the_desk_of_the_search(
    shop: Shop, tenant_client: Any, address: str, desk: str, status: int
) -> None:
    log_in(tenant_client, new_user("someone@example.org", role=desk))
    assert tenant_client.get(address).status_code == status

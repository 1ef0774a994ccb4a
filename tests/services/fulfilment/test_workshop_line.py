"""A line's page: what it tells, takes and keeps when something is refused; who gets its files."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_tenants.utils import tenant_context

from services.fulfilment.models import Deliverable
from services.fulfilment.operations.answer import accept_line, decline_line
from services.fulfilment.operations.deliver import attach_deliverable
from services.fulfilment.operations.review import approve_milestone, request_changes
from services.fulfilment.operations.write import write_message
from tests.billing.building import party
from tests.conftest import shared_tenant
from tests.services.ordering import Market, deliver, fresh, person

BACKEND = "tenants.accounts.backends.AccountBackend"
PDF = b"%PDF-1.7 maquette"


@pytest.fixture
def seller(market: Market, tenant_client: Client) -> Client:
    tenant_client.force_login(market.provider_user, backend=BACKEND)
    return tenant_client


def at(line: Any, act: str = "line") -> str:
    return reverse(f"fulfilment:{act}", args=[line.key])


def pdf(name: str = "bon.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF)


def prepared(line: Any) -> list[str]:
    found = Deliverable.objects.filter(milestone__line=line, delivered_at=None)
    return list(found.order_by("id").values_list("title", flat=True))


def test_a_line_tells_what_was_ordered_and_what_accepting_promises(market: Market, seller: Client) -> None:
    line = market.paid_order(market.service).lines.get()
    text = seller.get(at(line)).content.decode()
    for told in (
        "promettre la livraison pour le",
        "Une prestation.",
        "7 jours ouvrés après votre accord",
        "1 (reste 1)",
        "Avant le démarrage : remboursement intégral.",
        "Conserves de légumes, vendues au marché.",
        "Étape 2",
        "Retenu jusqu",
        market.buyer_user.full_name,
    ):
        assert told in text, told
    assert "Livrer" not in text.replace("À livrer", "")


def test_money_is_told_part_by_part(market: Market, seller: Client) -> None:
    line = market.delivered()
    approve_milestone(key=line.key, actor=market.buyer_user)
    page = seller.get(at(line))
    work = page.context["work"]
    # 390 excl. VAT, 78 VAT, 5 % commission with its VAT: 40 % and 60 % of it.
    assert (work.excl_cents, work.vat_cents, work.commission_cents, work.net_cents) == (
        39000,
        7800,
        2340,
        44460,
    )
    assert [part.amounts.net_cents for part in work.parts] == [17784, 26676]
    assert work.parts[0].payout is not None
    assert work.parts[1].payout is None
    text = page.content.decode()
    assert "Versement : Prêt" in text
    assert "Retenu jusqu" in text


def test_what_the_client_wants_changed_stands_at_the_form(market: Market, seller: Client) -> None:
    line = market.delivered()
    request_changes(key=line.key, actor=market.buyer_user, reason="Le logo est <flou>.")
    page = seller.get(at(line))
    assert page.context["work"].asked == "Le logo est <flou>."
    text = page.content.decode()
    assert text.count("Le logo est &lt;flou&gt;.") == 2
    assert "Le client demande des corrections" in text
    deliver(line, market.provider_user)
    assert seller.get(at(line)).context["work"].asked == ""


@pytest.mark.parametrize("act", ["decline", "start", "deliver"])
def test_an_act_that_came_too_late_says_what_happened(market: Market, seller: Client, act: str) -> None:
    line = market.paid_order(market.service).lines.get()
    if act == "start":
        decline_line(key=line.key, actor=market.provider_user, reason="Complet")
    elif act == "decline":
        accept_line(key=line.key, actor=market.provider_user)
    answer = seller.post(
        at(line, act), {"reason": "Complet", "files": [pdf()], "act": "deliver"}, follow=True
    )
    assert answer.redirect_chain == [(at(line), 302)]
    assert "Entre-temps :" in answer.content.decode()
    assert Deliverable.objects.count() == 0
    if act == "decline":
        assert "Entre-temps :" in seller.get(at(line, act), follow=True).content.decode()
        assert fresh(line).state == "accepted"


def test_a_refused_field_costs_nobody_the_good_ones(market: Market, seller: Client) -> None:
    line = market.started()
    typed = {"act": "deliver", "link": "pas une adresse", "title": "Maquette", "note": "Mon mot"}
    refused = seller.post(at(line, "deliver"), {**typed, "files": [pdf()]})
    assert refused.status_code == 422
    text = refused.content.decode()
    for kept in ("Indiquez une adresse complète", "pas une adresse", "Maquette", "Mon mot", "bon.pdf"):
        assert kept in text, kept
    assert "Erreur :" in text.split("</title>")[0]
    assert prepared(line) == ["bon.pdf"]
    assert fresh(line).state == "in_progress"


def test_what_is_attached_is_not_asked_to_be_sent_again(market: Market, seller: Client) -> None:
    line = market.started()
    link = {"link": "https://exemple.example/x", "title": "Le site", "note": "Mon mot", "act": "deliver"}
    empty = SimpleUploadedFile("vide.pdf", b"")
    refused = seller.post(at(line, "deliver"), {**link, "files": [empty, pdf()]})
    assert refused.status_code == 422
    assert prepared(line) == ["bon.pdf", "Le site"]
    assert "vide.pdf" in refused.content.decode()
    form = refused.context["form"]
    assert (form["link"].value(), form["title"].value(), form["note"].value()) == ("", "", "Mon mot")
    assert seller.post(at(line, "deliver"), {"act": "deliver", "note": "Mon mot"}).status_code == 302
    assert prepared(line) == []
    assert Deliverable.objects.filter(milestone__line=line).exclude(delivered_at=None).count() == 2


def test_attaching_first_keeps_the_word_for_the_delivery(market: Market, seller: Client) -> None:
    line = market.started()
    nothing = seller.post(at(line, "deliver"), {"act": "attach", "note": "Mon mot"})
    assert nothing.status_code == 422
    assert "Choisissez un fichier ou indiquez un lien." in nothing.content.decode()
    kept = seller.post(
        at(line, "deliver"), {"act": "attach", "note": "Mon mot", "files": [pdf()]}, follow=True
    )
    assert "Mon mot" in kept.content.decode()
    assert "bon.pdf" in kept.content.decode()
    deliverable = Deliverable.objects.get(milestone__line=line)
    gone = seller.post(reverse("fulfilment:detach", args=[line.key, deliverable.public_id]), follow=True)
    assert "Livrable retiré." in gone.content.decode()
    again = seller.post(reverse("fulfilment:detach", args=[line.key, deliverable.public_id]), follow=True)
    assert "plus en préparation" in again.content.decode()
    seller.post(at(line, "deliver"), {"act": "deliver", "note": "Voilà", "files": [pdf()]})
    request_changes(key=line.key, actor=market.buyer_user, reason="Encore.")
    assert seller.get(at(line)).context["form"]["note"].value() == ""


def test_a_titled_file_is_saved_under_its_title_with_its_extension(market: Market, seller: Client) -> None:
    line = market.started()
    seller.post(at(line, "deliver"), {"act": "deliver", "files": [pdf()], "title": "Maquette / accueil"})
    found = Deliverable.objects.get(milestone__line=line)
    assert found.title == "Maquette / accueil"
    answer = seller.get(reverse("fulfilment:deliverable", args=[found.public_id]))
    assert answer["Content-Disposition"] == 'attachment; filename="accueil.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer.streaming_content) == PDF


def test_files_go_to_both_sides_and_to_nobody_else(market: Market, tenant_client: Client) -> None:
    line = market.started()
    found = attach_deliverable(key=line.key, actor=market.provider_user, file=pdf())
    address = reverse("fulfilment:deliverable", args=[found.public_id])

    def status(user: Any) -> int:
        tenant_client.force_login(user, backend=BACKEND)
        return tenant_client.get(address).status_code

    people = (market.provider_user, market.buyer_user, market.staff, market.other_user)
    assert [status(user) for user in people] == [200, 404, 404, 404]
    deliver(line, market.provider_user)
    assert [status(user) for user in people] == [200, 200, 200, 404]
    assert tenant_client.get(reverse("fulfilment:deliverable", args=[uuid4()])).status_code == 404
    linked = Deliverable.objects.exclude(link="").get(milestone__line=line)
    tenant_client.force_login(market.buyer_user, backend=BACKEND)
    assert tenant_client.get(reverse("fulfilment:deliverable", args=[linked.public_id])).status_code == 404
    tenant_client.logout()
    assert tenant_client.get(address).status_code == 302


def test_another_tenant_has_none_of_it(own_market: Market, client_for: Any) -> None:
    """The same session and the same addresses on another tenant's host."""
    line = own_market.started()
    found = attach_deliverable(key=line.key, actor=own_market.provider_user, file=pdf())
    addresses = [at(line), reverse("fulfilment:deliverable", args=[found.public_id])]
    client = client_for(own_market.tenant)
    client.force_login(own_market.provider_user, backend=BACKEND)
    assert [client.get(address).status_code for address in addresses] == [200, 200]
    elsewhere = client_for(shared_tenant("beta"))
    elsewhere.cookies = client.cookies
    assert [elsewhere.get(address).status_code for address in addresses] == [302, 302]


def test_people_of_another_tenant_find_nothing(market: Market, other_tenant: Any, client_for: Any) -> None:
    """A provider there, staff there: a line and a file of here are unknown to both."""
    line = market.started()
    found = attach_deliverable(key=line.key, actor=market.provider_user, file=pdf())
    addresses = [at(line), reverse("fulfilment:deliverable", args=[found.public_id])]
    client = client_for(other_tenant)
    with tenant_context(other_tenant):
        staff = person("staff")
        staff.staff_roles.create(role="administrator")
        strangers = [person("stranger", party(role="provider")), staff]
    for stranger in strangers:
        with tenant_context(other_tenant):
            client.force_login(stranger, backend=BACKEND)
        assert [client.get(address).status_code for address in addresses] == [404, 404]


def test_unpaid_lines_do_not_exist_for_their_provider(market: Market, seller: Client) -> None:
    line = market.order(market.service).lines.get()
    assert seller.get(at(line)).status_code == 404
    assert seller.post(at(line, "accept")).status_code == 404


def test_the_pages_statements_do_not_grow_with_what_a_line_holds(market: Market, seller: Client) -> None:
    line = market.started()

    def statements() -> int:
        seller.get(at(line))
        with CaptureQueriesContext(connection) as seen:
            assert seller.get(at(line)).status_code == 200
        return len(seen)

    write_message(key=line.key, actor=market.buyer_user, role="business", body="Bonjour")
    attach_deliverable(key=line.key, actor=market.provider_user, file=pdf())
    few = statements()
    for number in range(9):
        attach_deliverable(key=line.key, actor=market.provider_user, link=f"https://exemple.example/{number}")
    for number in range(30):
        write_message(key=line.key, actor=market.provider_user, role="provider", body=f"Message {number}")
    assert statements() == few
    assert few <= 24, few

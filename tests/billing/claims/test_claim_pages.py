"""The console's pages of claims: list, what is open, draft, submit, withdraw, payment, papers."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from billing.claims.models import Claim
from billing.claims.operations import withdraw_claim
from kernel.outbox.running import run_pending
from tests.billing.claims.making import drawn, paid, submitted, today
from tests.billing.claims.test_claims import programme, refund
from tests.billing.funding.test_rule_pages import person

__all__ = ["programme"]
LIST, OPEN = "/console/demandes-de-versement/", "/console/demandes-de-versement/a-demander/"


@pytest.fixture
def finance(tenant_client: Client) -> Client:
    tenant_client.force_login(person("finance"))
    return tenant_client


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_from_what_is_open_to_what_is_paid(finance: Client, programme: Any) -> None:
    assert OPEN in page(finance, LIST)
    assert "Aucune demande de versement." in page(finance, LIST)
    draw = reverse("claims:draw", args=[programme.slug])
    assert draw in page(finance, OPEN)
    tomorrow = (today() + datetime.timedelta(days=1)).isoformat()
    refused = finance.post(draw, {"until": tomorrow})
    assert refused.status_code == 422
    assert "Choisissez un dernier jour qui n’est pas à venir." in refused.content.decode()
    made = finance.post(draw, {"until": today().isoformat()})
    claim = Claim.objects.get()
    address = reverse("claims:claim", args=[claim.public_id])
    assert made.headers["Location"] == address
    shown = page(finance, address)
    assert "2 lignes de cette page n’ont pas encore de facture" in shown
    assert "order-1" in shown
    assert address in page(finance, OPEN)
    assert finance.get(f"{address}pdf/").status_code == 404
    assert b"order-1;" in b"".join(finance.get(f"{address}csv/").streaming_content)  # type: ignore[attr-defined]
    assert "75,00" in page(finance, f"{address}deposer/")
    assert finance.post(f"{address}deposer/").status_code == 302
    claim.refresh_from_db()
    assert claim.state == "submitted"
    assert finance.get(f"{address}pdf/").status_code == 202
    run_pending("documents")
    assert finance.get(f"{address}pdf/")["Content-Type"] == "application/pdf"
    assert claim.number in page(finance, f"{LIST}?q={claim.number[-4:]}&etat=submitted")
    assert "Aucune demande ne correspond." in page(finance, f"{LIST}?q=inconnu")
    money = {"amount": "75,01", "paid_on": today().isoformat(), "bank_reference": "VIR 12"}
    refused = finance.post(f"{address}paiement/", money)
    assert (refused.status_code, "Il ne reste que" in refused.content.decode()) == (422, True)
    assert finance.post(f"{address}paiement/", {**money, "amount": "60,00"}).status_code == 302
    shown = page(finance, address)
    assert "Payée en partie" in shown
    assert "VIR 12" in shown
    # A payment in the way: it is not withdrawn any more.
    assert finance.get(f"{address}retirer/").status_code == 302
    again = finance.post(f"{address}paiement/", {**money, "amount": "15"})
    assert "déjà enregistré" in again.content.decode()
    rest = {**money, "amount": "15", "bank_reference": "VIR 13"}
    assert finance.post(f"{address}paiement/", rest).status_code == 302
    assert finance.get(f"{address}paiement/").status_code == 302
    assert Claim.objects.get().state == "paid"


def test_a_draft_that_was_overtaken_is_shown_anew(finance: Client, programme: Any) -> None:
    address = reverse("claims:claim", args=[drawn(programme).public_id])
    refund(1, 5_000)
    told = finance.post(f"{address}deposer/", follow=True).content.decode()
    assert "Des lignes ont changé depuis la préparation." in told
    assert Claim.objects.get().asked_cents == 2_500
    refund(2, 2_500)
    finance.post(f"{address}deposer/")
    assert Claim.objects.get().state == "withdrawn"
    assert "Rien à demander." in page(finance, OPEN)


def test_a_submitted_claim_is_withdrawn_with_its_reason(finance: Client, programme: Any) -> None:
    claim = submitted(programme)
    address = reverse("claims:claim", args=[claim.public_id])
    assert finance.post(f"{address}retirer/", {"reason": ""}).status_code == 422
    assert finance.post(f"{address}retirer/", {"reason": "Mauvaise période"}).status_code == 302
    assert "Mauvaise période" in page(finance, address)
    money = {"amount": "1", "paid_on": today().isoformat(), "bank_reference": "VIR"}
    assert finance.post(f"{address}paiement/", money).status_code == 422
    assert Claim.objects.get().payments.count() == 0


def test_what_goes_back_to_the_funder_is_told_so(finance: Client, programme: Any) -> None:
    paid(submitted(programme))
    refund(1, 1_000)
    claim = submitted(programme)
    address = reverse("claims:claim", args=[claim.public_id])
    assert "Reste à rendre" in page(finance, address)
    assert "à rendre" in page(finance, f"{address}paiement/")


def test_a_payment_noted_by_mistake_is_undone_on_a_page(finance: Client, programme: Any) -> None:
    claim = submitted(programme)
    payment = paid(claim, 6_000, "VIR 1")
    address = reverse("claims:claim", args=[claim.public_id])
    undo = reverse("claims:correct", args=[claim.public_id, payment.pk])
    assert undo in page(finance, address)
    assert "75,00" in page(finance, undo)
    assert finance.post(undo, {"reason": ""}).status_code == 422
    told = finance.post(undo, {"reason": "Montant mal saisi"}, follow=True).content.decode()
    assert "les attend de nouveau" in told
    assert "Montant mal saisi" in told
    assert undo not in told
    assert Claim.objects.get().state == "submitted"
    assert finance.get(undo).status_code == 302
    assert "déjà annulé" in finance.post(undo, {"reason": "Encore"}, follow=True).content.decode()
    other = reverse("claims:correct", args=[claim.public_id, payment.pk + 1])
    assert finance.get(other).status_code == 404


def test_pages_ask_as_much_for_many_as_for_few(finance: Client, programme: Any) -> None:
    withdraw_claim(claim_id=submitted(programme).pk, reason="Essai", user=None)
    page(finance, LIST)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as seen:
            page(finance, LIST)
        counts.append(len(seen))
        withdraw_claim(claim_id=submitted(programme).pk, reason="Essai", user=None)
    assert counts[0] == counts[1]


def test_all_of_it_is_for_finance(tenant_client: Client, programme: Any) -> None:
    claim = submitted(programme)
    address = reverse("claims:claim", args=[claim.public_id])
    acts = [
        f"{address}{act}/"
        for act in ("deposer", "retirer", "paiement", "refus", "refus/1/annuler", "pdf", "csv")
    ]
    acts.append(f"{address}paiements/{paid(claim, 1).pk}/annuler/")
    for role in ("", "support"):
        tenant_client.force_login(person(role))
        for path in (LIST, OPEN, f"{OPEN}{programme.slug}/", address, *acts):
            assert tenant_client.get(path).status_code == 404
            assert tenant_client.post(path, {"reason": "x"}).status_code in (404, 405)
    claim.refresh_from_db()
    assert (claim.state, claim.paid_cents) == ("partly_paid", 1)

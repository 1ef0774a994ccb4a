"""Console page of VAT to confirm: both treatments to the cent, one button, who did it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.charges.models import ChargeRelease
from billing.vat_reviews.models import VatReview
from kernel.web.templatetags.pepiniere_web import day_short
from tests.billing.building import line
from tests.billing.invoicing.making import Market, open_market
from tests.billing.ledger.test_pages import person
from tests.billing.vat_reviews.making import approved, rate_from, regime_from

PAGE = "/console/tva/"


@pytest.fixture
def market(tenant: Any) -> Market:
    return open_market()


@pytest.fixture
def finance(market: Market, tenant_client: Any) -> Any:
    tenant_client.force_login(person("finance@exemple.example", "finance"))
    return tenant_client


def test_nothing_to_confirm_is_said(finance: Any) -> None:
    assert "Aucune TVA à confirmer." in finance.get(PAGE).content.decode()
    assert "Aucune TVA réglée." in finance.get(f"{PAGE}?etat=reglees").content.decode()


def test_staff_see_both_and_confirm(market: Market, finance: Any) -> None:
    rate_from("21.00")
    part, review = approved(market.seller, market.buyer)
    assert review is not None
    page = finance.get(PAGE)
    text = page.content.decode()
    for told in (
        "TVA 20\xa0%",
        "TVA 21\xa0%",
        "100,00\xa0€ HT",
        "99,17\xa0€ HT",
        "20,83\xa0€",
        f"TVA exigible le {day_short(review.tax_point_on)}",
    ):
        assert told in text, told
    assert "Commission HT" not in text
    (row,) = page.context["rows"]
    assert "TVA à confirmer avant facturation" in finance.get("/console/").content.decode()
    answer = finance.post(f"{PAGE}{review.public_id}/confirmer/", {"seen": "else"}, follow=True)
    assert "Entre-temps, la TVA a encore changé" in answer.content.decode()
    answer = finance.post(f"{PAGE}{review.public_id}/confirmer/", {"seen": row.seen}, follow=True)
    assert "TVA confirmée." in answer.content.decode()
    part.refresh_from_db()
    assert part.vat_cents == 2083
    settled = finance.get(f"{PAGE}?etat=reglees").content.decode()
    assert "Camille Exemple" in settled
    assert "99,17\xa0€ HT" in settled
    answer = finance.post(f"{PAGE}{review.public_id}/confirmer/", {"seen": row.seen}, follow=True)
    assert "déjà réglée" in answer.content.decode()


def test_a_mended_regime_needs_no_confirmation(market: Market, finance: Any) -> None:
    regime_from(market.seller, "franchise")
    _part, review = approved(market.seller, market.buyer)
    assert review is not None
    again = f"{PAGE}{review.public_id}/recalculer/"
    assert "reste à confirmer" in finance.post(again, follow=True).content.decode()
    assert "Sans TVA : franchise en base" in finance.get(PAGE).content.decode()
    market.seller.vat_regime_periods.filter(regime="franchise").update(regime="normal")
    assert "prévue à la commande" in finance.post(again, follow=True).content.decode()
    assert VatReview.objects.get().state == "unchanged"


def test_it_is_for_finance_only(market: Market, tenant_client: Any) -> None:
    rate_from("21.00")
    _part, review = approved(market.seller, market.buyer)
    assert review is not None
    acts = [f"{PAGE}{review.public_id}/{act}/" for act in ("confirmer", "recalculer")]
    assert tenant_client.get(PAGE).status_code == 302
    tenant_client.force_login(person("support@exemple.example", "support"))
    assert tenant_client.get(PAGE).status_code == 404
    assert [tenant_client.post(act).status_code for act in acts] == [404, 404]
    assert VatReview.objects.get().state == "waiting"
    tenant_client.force_login(person("finance@exemple.example", "finance"))
    assert tenant_client.post(f"{PAGE}{uuid4()}/confirmer/").status_code == 404
    assert ChargeRelease.objects.get().vat_cents == 2000


def test_queries_do_not_grow_with_reviews(market: Market, finance: Any) -> None:
    rate_from("21.00")
    approved(market.seller, market.buyer)
    finance.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        finance.get(PAGE)
    for number in range(2, 5):
        approved(market.seller, market.buyer, line("10.00"), line("5.00"), key=f"line-{number}")
    with CaptureQueriesContext(connection) as many:
        assert len(finance.get(PAGE).context["rows"]) == 4
    assert len(many) == len(few)

"""Legal wordings are chosen by the date of issue."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
from django.db import IntegrityError, transaction

from billing.invoicing.errors import WordingMissing
from billing.invoicing.models import LegalWording, WordingKey
from billing.invoicing.seeds import seed_tenant
from billing.invoicing.wordings import Wordings
from tests.billing.building import line, party
from tests.billing.invoicing.making import open_market


@pytest.mark.parametrize(
    ("on", "text"),
    [
        (date(2026, 8, 31), "TVA non applicable, art. 293 B du CGI"),
        (date(2026, 9, 1), "TVA non applicable, art. L. 223-1 et suivants du CIBS"),
    ],
)
def test_the_franchise_follows_the_code_in_force(tenant, on, text):
    assert Wordings(on).say(WordingKey.FRANCHISE).text == text


def test_an_invoice_keeps_the_sentence_of_its_day(tenant):
    market = open_market(regime="franchise", legal_form="EI")
    before = market.issue(line("80.00"), now=datetime(2026, 8, 31, 12, tzinfo=UTC))
    after = market.issue(line("80.00"), now=datetime(2026, 9, 1, 12, tzinfo=UTC))
    rows = [json.loads(invoice.snapshot)["vat"][0] for invoice in (before, after)]
    assert [row["exemptions"][0]["valid_from"] for row in rows] == ["2014-01-01", "2026-09-01"]
    assert "CGI" in rows[0]["exemptions"][0]["text"]
    assert "CIBS" in rows[1]["exemptions"][0]["text"]
    assert [row["exemption_code"] for row in rows] == ["VATEX-FR-FRANCHISE"] * 2


def test_the_sellers_own_reason_replaces_the_wording(market):
    from dataclasses import replace

    reason = "Exonération de TVA, formation professionnelle continue"
    exempt = replace(line("100.00", vat_kind="exempt"), exemption_reason=reason)
    invoice = market.issue(exempt, line("50.00"))
    rows = json.loads(invoice.snapshot)["vat"]
    assert [row["category"] for row in rows] == ["S", "E"]
    assert rows[0]["exemptions"] == []
    assert rows[1]["exemptions"][0]["text"] == reason


def test_a_missing_wording_refuses(tenant):
    LegalWording.objects.filter(key=WordingKey.LATE_PENALTY).delete()
    with pytest.raises(WordingMissing):
        Wordings(date(2026, 11, 23)).say(WordingKey.LATE_PENALTY)


def test_wordings_of_a_key_do_not_overlap(tenant):
    with pytest.raises(IntegrityError), transaction.atomic():
        LegalWording.objects.create(key=WordingKey.FRANCHISE, text="x", valid_from=date(2027, 1, 1))


def test_seeding_again_changes_nothing(tenant):
    row = LegalWording.objects.get(key=WordingKey.EARLY_PAYMENT)
    row.text = "Escompte de 1 % sous huit jours."
    row.save()
    count = LegalWording.objects.count()
    seed_tenant(tenant)
    row.refresh_from_db()
    assert (LegalWording.objects.count(), row.text) == (count, "Escompte de 1 % sous huit jours.")


def test_a_fictitious_party_is_said_to_be_one(tenant):
    tenant.is_demo = False
    market = open_market()
    assert "fictifs" in json.loads(market.issue().snapshot)["notice"]["text"]
    real = open_real(tenant)
    assert json.loads(real.issue().snapshot)["notice"] is None


def open_real(tenant):
    from tenants.parties.models import PartyRole

    PartyRole.objects.filter(role="operator").delete()
    market = open_market(is_fictitious=False)
    market.buyer = party(role="business", is_fictitious=False)
    return market

"""The console opens a programme without code, and changes what it may spend."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.funding.errors import BudgetBelowReserved, ProgrammeInvalid
from billing.funding.models import Programme, ProgrammeBudget
from billing.funding.operations import change_budget
from billing.funding.web.operator import PAGE_SIZE, today
from tenants.parties.operations import create_funder
from tests.billing.funding.test_programmes import new_programme
from tests.billing.funding.test_rule_pages import person

LIST = "/console/dispositifs/"
NEW = f"{LIST}nouveau/"
TERMS = {
    "name": "Chèque vitrine",
    "name_en": "Website voucher",
    "description": "La moitié d’un premier site.",
    "description_en": "Half of a first website.",
    "funder": "new",
    "funder_name": "Département d’essai",
    "rate_percent": "50",
    "base": "excl_vat",
    "cap": "500",
    "cap_business": "800,50",
    "min_spend": "",
    "max_vouchers": "2",
    "budget": "24 000",
    "starts_on": "2026-07-01",
    "ends_on": "2027-06-30",
    "decision": "first_come",
    "advance": "on_approval",
    "is_de_minimis": "on",
    "max_age_years": "3",
    "registered_only": "on",
}


@pytest.fixture
def finance(tenant_client: Client) -> Client:
    tenant_client.force_login(person("finance"))
    return tenant_client


def test_one_form_opens_a_programme_with_its_funder_and_rule(finance: Client) -> None:
    assert NEW in finance.get(LIST).content.decode()
    assert finance.get(NEW).status_code == 200
    done = finance.post(NEW, TERMS)
    assert done.status_code == 302, done.content.decode()
    assert done.headers["Location"] == f"{LIST}cheque-vitrine/"
    made = Programme.objects.get()
    assert (made.name_en, made.description_en) == ("Website voucher", "Half of a first website.")
    assert made.funder.legal_name == "Département d’essai"
    assert made.funder.roles.get().role == "funder"
    assert (made.rate_percent, made.cap_cents, made.cap_business_cents) == (Decimal(50), 50_000, 80_050)
    assert (made.cap_year_cents, made.min_spend_cents, made.advance) == (None, 0, "on_approval")
    assert {budget.year: budget.amount_cents for budget in made.budgets.all()} == {
        2026: 1_200_000,
        2027: 1_200_000,
    }
    rule = made.revisions.get()
    assert not rule.is_draft
    assert [row["fact"] for row in rule.document["root"]["rows"]] == ["business.state", "business.age"]
    # The same name again is another programme, and the funder is in the list now.
    again = {**TERMS, "funder": str(made.funder.public_id), "funder_name": ""}
    assert finance.post(NEW, again).headers["Location"] == f"{LIST}cheque-vitrine-2/"
    assert {programme.funder_id for programme in Programme.objects.all()} == {made.funder_id}
    assert finance.get(f"{LIST}cheque-vitrine-2/").status_code == 200


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("funder_name", "", "Indiquez le nom du financeur."),
        ("ends_on", "2026-06-30", "Le dernier jour vient après le premier."),
        ("budget", "499,99", "Le budget couvre au moins un chèque."),
        ("cap", "0", "Le plafond est d’au moins un centime."),
        ("rate_percent", "101", "Indiquez un taux entre 0,01 et 100, par exemple 50."),
        ("rate_percent", "beaucoup", "Indiquez un taux entre 0,01 et 100, par exemple 50."),
        ("starts_on", "demain", "Indiquez une date, par exemple 25/11/2026."),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_the_rest_stays(
    finance: Client, field: str, value: str, told: str
) -> None:
    answer = finance.post(NEW, {**TERMS, field: value})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert told in page
    assert "Half of a first website." in page
    assert not Programme.objects.exists()


def test_a_name_that_is_an_address_of_ours_gets_another(finance: Client) -> None:
    done = finance.post(NEW, {**TERMS, "name": "Nouveau"})
    assert done.headers["Location"] == f"{LIST}nouveau-2/"


def test_budgets_rise_and_never_fall_below_what_is_reserved(finance: Client) -> None:
    made = new_programme()
    ProgrammeBudget.objects.filter(year=2026).update(reserved_cents=100_000)
    address = f"{LIST}{made.slug}/budgets/"
    assert "1\u202f000,00" in finance.get(address).content.decode()
    refused = finance.post(address, {"2026": "999,99", "2027": "5 000"})
    assert refused.status_code == 422
    assert "déjà réservés ou utilisés en 2026" in refused.content.decode()
    assert ProgrammeBudget.objects.get(year=2027).amount_cents != 500_000
    assert finance.post(address, {"2026": "1000", "2027": "5 000"}).status_code == 302
    assert {budget.year: budget.amount_cents for budget in made.budgets.all()} == {
        2026: 100_000,
        2027: 500_000,
    }


def test_a_budget_belongs_to_a_year_of_its_programme(tenant: Any) -> None:
    made = new_programme(ends_on=datetime.date(2026, 12, 31))
    with pytest.raises(ProgrammeInvalid):
        change_budget(programme=made, year=2027, amount_cents=1)
    ProgrammeBudget.objects.update(reserved_cents=2)
    with pytest.raises(BudgetBelowReserved):
        change_budget(programme=made, year=2026, amount_cents=1)


def test_all_of_it_is_for_finance(tenant_client: Client, tenant: Any) -> None:
    new_programme(funder=create_funder(legal_name="Autre"))
    for role in ("", "support"):
        tenant_client.force_login(person(role))
        for path in (NEW, *(f"{LIST}cheque/{act}/" for act in ("budgets", "modifier", "fermer"))):
            assert tenant_client.get(path).status_code == 404
            assert tenant_client.post(path, TERMS).status_code == 404
    assert Programme.objects.count() == 1


def test_terms_change_for_what_comes(finance: Client) -> None:
    made = new_programme()
    address = f"{LIST}{made.slug}/modifier/"
    assert address in finance.get(f"{LIST}{made.slug}/").content.decode()
    assert made.description in finance.get(address).content.decode()
    until = datetime.date(made.ends_on.year + 1, 3, 31)
    terms = {**TERMS, "ends_on": until.isoformat(), "cap": "450", "rate_percent": "40"}
    assert finance.post(address, {**terms, "ends_on": "2020-01-01"}).status_code == 422
    refused = finance.post(address, {**terms, "ends_on": (today() - datetime.timedelta(1)).isoformat()})
    assert "son dernier jour ne peut pas être déjà passé" in refused.content.decode()
    assert finance.post(address, terms).status_code == 302
    made.refresh_from_db()
    assert (made.name, made.rate_percent, made.cap_cents, made.ends_on) == (
        "Chèque vitrine",
        Decimal(40),
        45_000,
        until,
    )
    assert made.budgets.get(year=until.year).amount_cents == 0


def test_a_programme_is_closed_today(finance: Client) -> None:
    made = new_programme()
    Programme.objects.update(starts_on=datetime.date(2020, 1, 1), ends_on=datetime.date(2100, 12, 31))
    address = f"{LIST}{made.slug}/fermer/"
    assert address in finance.get(f"{LIST}{made.slug}/").content.decode()
    assert finance.get(address).status_code == 200
    for _ in range(2):
        assert finance.post(address).status_code == 302
    made.refresh_from_db()
    assert made.ends_on == today()
    assert address not in finance.get(f"{LIST}{made.slug}/").content.decode()


def test_the_list_is_searched_and_paged(finance: Client) -> None:
    funder = create_funder(legal_name="Département d’essai")
    for number in range(PAGE_SIZE + 1):
        new_programme(slug=f"cheque-{number}", name=f"Dispositif {number:02d}", funder=funder)
    shown = finance.get(LIST).content.decode()
    assert "Page 1 sur 2" in shown
    assert "Dispositif 25" in finance.get(f"{LIST}?q=tif+25").content.decode()
    assert "Aucun dispositif ne correspond." in finance.get(f"{LIST}?q=inconnu").content.decode()
    with CaptureQueriesContext(connection) as many:
        finance.get(LIST)
    with CaptureQueriesContext(connection) as one:
        finance.get(f"{LIST}?q=tif+25")
    assert len(many) == len(one)

"""Programmes: budgets by year, whom they may help, and their pages."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.funding.eligibility import conditions, helping
from billing.funding.errors import ProgrammeInvalid
from billing.funding.models import Programme
from billing.funding.operations import months_by_year, open_programme
from billing.funding.queries import open_programmes
from tenants.parties.operations import create_funder

ELIGIBILITY = {
    "max_age_years": 3,
    "max_employees_exclusive": 10,
    "departments": ["79", "86"],
    "categories": ["site"],
    "business_states": ["active"],
    "vat_regimes": ["normal", "franchise"],
}


def new_programme(slug: str = "cheque", **changes: Any) -> Programme:
    values: dict[str, Any] = {
        "name": "Chèque démarrage",
        "description": "La moitié d’un premier site.",
        "funder": create_funder(legal_name="Région"),
        "rate_percent": Decimal(50),
        "cap_cents": 50000,
        "budget_cents": 4_000_001,
        "starts_on": datetime.date(2026, 3, 1),
        "ends_on": datetime.date(2027, 2, 28),
        "eligibility": ELIGIBILITY,
    }
    return open_programme(slug=slug, **{**values, **changes})


def test_the_budget_is_spread_over_the_years_by_months(tenant: Any) -> None:
    budgets = {budget.year: budget.amount_cents for budget in new_programme().budgets.all()}
    assert sum(budgets.values()) == 4_000_001
    assert budgets[2026] == pytest.approx(4_000_001 * 10 / 12, abs=1)


@given(st.dates(datetime.date(2020, 1, 1), datetime.date(2030, 1, 1)), st.integers(0, 3000))
def test_months_are_counted_once(start: datetime.date, days: int) -> None:
    end = start + datetime.timedelta(days=days)
    months = months_by_year(start, end)
    assert all(1 <= count <= 12 for count in months.values())
    assert sum(months.values()) == (end.year - start.year) * 12 + end.month - start.month + 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"budget_cents": 10},
        {"rate_percent": Decimal(0)},
        {"rate_percent": Decimal(101)},
        {"ends_on": datetime.date(2026, 2, 1)},
        {"cap_cents": 0, "budget_cents": 0},
    ],
)
def test_contradictions_are_refused(tenant: Any, wrong: dict[str, Any]) -> None:
    with pytest.raises(ProgrammeInvalid):
        new_programme(**wrong)


def test_open_on_both_ends(tenant: Any) -> None:
    programme = new_programme()
    assert open_programmes(programme.starts_on) == [programme]
    assert open_programmes(programme.ends_on) == [programme]
    assert open_programmes(programme.ends_on + datetime.timedelta(days=1)) == []


def test_it_may_help_its_rubrics_and_departments(tenant: Any) -> None:
    programme = new_programme()
    assert helping([programme], ["site-creation", "site"], "79") == [programme]
    assert helping([programme], ["site-creation", "site"]) == [programme]
    assert helping([programme], ["juridique"], "79") == []
    assert helping([programme], ["site"], "33") == []
    everything = new_programme("tout", eligibility={})
    assert helping([everything], ["juridique"], "33") == [everything]


def test_conditions_are_sentences(tenant: Any) -> None:
    said = " ".join(conditions(new_programme()))
    assert "moins de 3 ans" in said
    assert "moins de 10 salariés" in said
    assert "en création" in said


def test_pages(tenant: Any, tenant_client: Any) -> None:
    new_programme()
    new_programme(
        "passe",
        name="Ancien chèque",
        starts_on=datetime.date(2020, 1, 1),
        ends_on=datetime.date(2020, 12, 31),
    )
    listed = tenant_client.get("/dispositifs/").content.decode()
    assert "Chèque démarrage" in listed
    assert "Terminés" in listed
    assert tenant_client.get("/dispositifs/cheque/").status_code == 200
    assert tenant_client.get("/dispositifs/rien/").status_code == 404


def test_no_programme(tenant: Any, tenant_client: Any) -> None:
    assert "Aucun dispositif en cours." in tenant_client.get("/dispositifs/").content.decode()

"""Invoices for programs: both sides, the PDF, strangers, the cost of the list."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.invoicing.operations import store_document
from tests.billing.building import party
from tests.billing.invoicing.making import Market
from tests.billing.invoicing.test_pages import person
from tests.calling import Program

PDF = b"%PDF-1.7 essai"


@pytest.fixture
def invoice(market: Market) -> Any:
    """An invoice whose document is not made yet."""
    return market.issue()


def test_both_sides_read_it_and_its_document_once_it_is_made(
    market: Market, invoice: Any, tenant_client: Any
) -> None:
    for email, side in (("achat@exemple.example", market.buyer), ("vente@exemple.example", market.seller)):
        program = Program(tenant_client, person(email, of=side), "read")
        rows = program.get("invoices/").json()["results"]
        assert [row["number"] for row in rows] == [invoice.number]
        assert program.get(f"invoices/{invoice.number}/").json() == rows[0]
        assert program.get(f"invoices/{invoice.number}/document/").status_code == 404
    store_document(invoice=invoice, pdf=PDF, template_version="x")
    document = program.get(f"invoices/{invoice.number}/document/")
    assert (document.content, document["Content-Type"]) == (PDF, "application/pdf")


def test_strangers_read_nothing(market: Market, invoice: Any, tenant_client: Any) -> None:
    store_document(invoice=invoice, pdf=PDF, template_version="x")
    for stranger in (
        person("autre@exemple.example", of=party(role="business")),
        person("seul@exemple.example"),
    ):
        program = Program(tenant_client, stranger)
        assert program.get("invoices/").json()["results"] == []
        assert program.get(f"invoices/{invoice.number}/").status_code == 404
        assert program.get(f"invoices/{invoice.number}/document/").status_code == 404


def test_the_list_costs_the_same_with_one_and_with_fifty(
    market: Market, invoice: Any, tenant_client: Any
) -> None:
    program = Program(tenant_client, person("vente@exemple.example", of=market.seller))

    def count() -> int:
        program.get("invoices/")
        with CaptureQueriesContext(connection) as captured:
            program.get("invoices/")
        return len(captured)

    one = count()
    for _ in range(49):
        market.issue()
    assert len(program.get("invoices/").json()["results"]) == 50
    assert count() == one

"""Console pages "Où est l’argent": for finance only, each figure leading to its postings and sources."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing.ledger.accounts import AccountCode
from billing.ledger.operations import credit, debit, post_entry
from billing.ledger.queries import PAGE_SIZE

BOARD = "/console/argent/"


def person(email: str, *roles: str) -> Any:
    from tenants.accounts.models import StaffRole, User

    user = User.objects.create(email=email, full_name="Camille Exemple")
    for role in roles:
        StaffRole.objects.create(user=user, role=role)
    return user


@pytest.fixture
def finance(tenant: Any, tenant_client: Any) -> Any:
    tenant_client.force_login(person("finance@exemple.example", "finance"))
    return tenant_client


def pay(number: int, cents: int = 123456) -> None:
    from datetime import date

    post_entry(
        source=f"payment:{number}",
        kind="payment",
        occurred_on=date(2026, 11, 23),
        memo=f"Commande {number}",
        postings=[debit(AccountCode.GATEWAY, cents), credit(AccountCode.HELD, cents)],
    )


def test_an_empty_ledger_says_so(finance: Any) -> None:
    page = finance.get(BOARD).content.decode()
    assert "Aucun mouvement." in page
    assert "Écart : 0,00\xa0€" in page


def test_from_the_figure_to_the_source(finance: Any) -> None:
    pay(1)
    page = finance.get(BOARD).content.decode()
    assert "1\u202f234,56\xa0€" in page
    page = finance.get(f"{BOARD}{AccountCode.HELD}/").content.decode()
    assert "Solde : 1\u202f234,56\xa0€" in page
    assert f"{BOARD}ecritures/payment:1/" in page
    page = finance.get(f"{BOARD}ecritures/payment:1/").content.decode()
    assert "Commande 1" in page
    assert page.count("1\u202f234,56\xa0€") == 2


@pytest.mark.parametrize("address", [BOARD, f"{BOARD}467100/", f"{BOARD}ecritures/payment:1/"])
def test_the_books_are_for_finance(tenant: Any, tenant_client: Any, address: str) -> None:
    pay(1)
    assert tenant_client.get(address).status_code == 302
    tenant_client.force_login(person("support@exemple.example", "support"))
    assert tenant_client.get(address).status_code == 404


@pytest.mark.parametrize(
    "tail", ["999999/", "ecritures/nothing/", "467100/?after=x", f"467100/?after={'9' * 19}"]
)
def test_what_is_not_there(finance: Any, tail: str) -> None:
    assert finance.get(f"{BOARD}{tail}").status_code == 404


def test_a_long_account_is_paged_with_equal_queries(finance: Any) -> None:
    address = f"{BOARD}{AccountCode.HELD}/"
    pay(1)
    finance.get(address)
    with CaptureQueriesContext(connection) as few:
        finance.get(address)
    for number in range(2, PAGE_SIZE + 3):
        pay(number)
    with CaptureQueriesContext(connection) as many:
        page = finance.get(address)
    assert len(many) == len(few)
    assert "Page suivante" in page.content.decode()
    last = finance.get(f"{address}?after={page.context['next_key']}").content.decode()
    assert "payment:1/" in last
    assert "Page suivante" not in last

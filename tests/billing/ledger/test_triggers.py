"""What the database itself refuses: unbalanced entries at commit, any change of what was written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from billing.ledger.accounts import AccountCode
from billing.ledger.models import Account, JournalEntry, Posting
from billing.ledger.operations import credit, debit, post_entry

TODAY = date(2026, 11, 23)


def write(source: str, *amounts: int, announced: int | None = None, currencies: str = "") -> JournalEntry:
    """Rows as no operation writes them."""
    account = Account.objects.get(code=AccountCode.GATEWAY)
    entry = JournalEntry.objects.create(
        source=source, kind="payment", occurred_on=TODAY, posting_count=announced or len(amounts)
    )
    kinds = currencies.split() or ["EUR"] * len(amounts)
    Posting.objects.bulk_create(
        Posting(entry=entry, account=account, amount_cents=amount, currency=currency)
        for amount, currency in zip(amounts, kinds, strict=True)
    )
    return entry


def at_commit() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


@pytest.mark.parametrize(
    "rows",
    [
        lambda: write("uneven", 100, -99),
        lambda: write("lonely", 100, announced=2),
        lambda: write("empty", announced=2),
        lambda: write("more than announced", 100, -100, 50, -50, announced=2),
        lambda: write("two currencies", 100, -100, currencies="EUR CHF"),
    ],
)
def test_an_unbalanced_entry_does_not_commit(tenant: Any, rows: Callable[[], Any]) -> None:
    with pytest.raises(IntegrityError, match="not balanced"), transaction.atomic():
        rows()
        at_commit()


def test_a_balanced_entry_in_two_currencies_commits(tenant: Any) -> None:
    entry = write("two currencies", 100, -100, 7, -7, currencies="EUR EUR CHF CHF")
    at_commit()
    assert Posting.objects.filter(entry=entry).count() == 4


def test_nothing_is_added_to_an_entry_later(tenant: Any) -> None:
    entry = write("done", 100, -100)
    at_commit()
    account = Account.objects.get(code=AccountCode.BANK)
    with pytest.raises(IntegrityError, match="not balanced"), transaction.atomic():
        Posting.objects.bulk_create(
            [Posting(entry=entry, account=account, amount_cents=amount, currency="EUR") for amount in (5, -5)]
        )
        at_commit()


@pytest.mark.parametrize("path", ["public", "pg_catalog", "elsewhere, public"])
def test_the_search_path_at_commit_does_not_matter(tenant: Any, path: str) -> None:
    with connection.cursor() as cursor:
        # A schema with an empty, balanced-looking ledger of its own, as another tenant would be.
        cursor.execute("CREATE SCHEMA elsewhere")
        cursor.execute("CREATE TABLE elsewhere.ledger_posting (entry_id bigint, amount_cents bigint)")
        cursor.execute("CREATE TABLE elsewhere.ledger_journalentry (id bigint, posting_count integer)")
    with pytest.raises(IntegrityError, match="not balanced"), transaction.atomic():
        write("uneven", 100, -99)
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL search_path TO {path}")
        at_commit()


def test_a_real_commit_is_refused_too(committing_tenant: Any) -> None:
    with pytest.raises(IntegrityError, match="not balanced"), transaction.atomic():
        write("uneven", 100, -99)
    with pytest.raises(IntegrityError, match="not balanced"), transaction.atomic():
        write("uneven elsewhere", 100, -99)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL search_path TO public")
    assert not JournalEntry.objects.exists()
    write_balanced()
    assert JournalEntry.objects.count() == 1


def write_balanced() -> None:
    post_entry(
        source="payment:1",
        kind="payment",
        occurred_on=TODAY,
        postings=[debit(AccountCode.GATEWAY, 100), credit(AccountCode.HELD, 100)],
    )


@pytest.mark.parametrize("table", ["ledger_journalentry", "ledger_posting"])
@pytest.mark.parametrize(
    "statement",
    ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE", "UPDATE {} SET id = id WHERE false"],
)
def test_what_is_written_stays(tenant: Any, table: str, statement: str) -> None:
    write_balanced()
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement.format(table))
    assert JournalEntry.objects.count() == 1


def test_the_orm_cannot_change_an_entry(tenant: Any) -> None:
    write_balanced()
    entry = JournalEntry.objects.get()
    entry.memo = "autre chose"
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        entry.save()

"""Issued invoices are frozen by the database, and a changed one is named."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from billing.invoicing.canonical import canonical_text, chained_sha256
from billing.invoicing.models import GENESIS, Invoice, InvoiceDocument, InvoiceSequence
from billing.invoicing.operations import store_document
from billing.invoicing.verification import verify_invoices

FROZEN = "is frozen"


@pytest.fixture
def three(market):
    """Three invoices of one sequence."""
    return [market.issue() for _ in range(3)]


def tampered(statement: str, *params: object) -> None:
    """What an intruder with all rights could do."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE invoicing_invoice DISABLE TRIGGER invoicing_frozen")
        cursor.execute("ALTER TABLE invoicing_invoicedocument DISABLE TRIGGER invoicing_frozen")
        cursor.execute(statement, params)


def test_each_names_the_hash_of_the_one_before(three):
    assert three[0].previous_sha256 == GENESIS
    assert [one.previous_sha256 for one in three[1:]] == [one.sha256 for one in three[:2]]
    assert InvoiceSequence.objects.get(pk=three[0].sequence_id).head_sha256 == three[2].sha256
    assert verify_invoices().is_clean


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE invoicing_invoice SET incl_cents = incl_cents",
        "DELETE FROM invoicing_invoice",
        "TRUNCATE invoicing_invoice CASCADE",
        "UPDATE invoicing_invoicedocument SET pdf = pdf",
        "DELETE FROM invoicing_invoicedocument",
    ],
)
def test_the_database_refuses_to_change_what_was_issued(three, statement):
    store_document(invoice=three[0], pdf=b"%PDF", template_version="x")
    with connection.cursor() as cursor:
        # TRUNCATE wants no deferred check to be pending.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match=FROZEN), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_orm_is_refused_too(three):
    three[0].number = "X-1"
    with pytest.raises(IntegrityError, match=FROZEN), transaction.atomic():
        three[0].save()


def test_a_document_is_stored_once(three):
    first = store_document(invoice=three[0], pdf=b"one", template_version="x")
    assert store_document(invoice=three[0], pdf=b"two", template_version="x") == first
    assert bytes(InvoiceDocument.objects.get().pdf) == b"one"


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            "UPDATE invoicing_invoice SET snapshot = replace(snapshot, '120.00', '121.00')",
            "snapshot was changed",
        ),
        (
            "UPDATE invoicing_invoice SET excl_cents = excl_cents + 1, incl_cents = incl_cents + 1",
            "the table says",
        ),
        ("UPDATE invoicing_invoice SET previous_sha256 = repeat('a', 64)", "does not follow"),
        ("DELETE FROM invoicing_invoice", "is missing"),
    ],
)
@pytest.mark.parametrize("victim", [0, 1, 2])
def test_the_first_broken_invoice_is_named(three, statement, expected, victim):
    tampered(f"{statement} WHERE id = %s", three[victim].pk)
    (finding,) = verify_invoices().findings
    assert finding.number == three[victim].number
    assert expected in finding.detail


def test_a_rewritten_chain_ends_at_another_head(three):
    last = three[2]
    text = last.snapshot.replace("120.00", "121.00")
    tampered(
        "UPDATE invoicing_invoice SET snapshot = %s, sha256 = %s WHERE id = %s",
        text,
        chained_sha256(last.previous_sha256, text),
        last.pk,
    )
    assert len(verify_invoices().findings) == 1


def test_changed_bytes_of_a_document_are_named(three):
    store_document(invoice=three[1], pdf=b"%PDF-1.7", template_version="x")
    tampered("UPDATE invoicing_invoicedocument SET pdf = 'x'")
    assert [finding.number for finding in verify_invoices().findings] == [three[1].number]


def test_the_command_says_which(three, tenant, capsys):
    call_command("verify_invoices", "--tenant", tenant.slug)
    assert "3 invoices, ok" in capsys.readouterr().out
    tampered("UPDATE invoicing_invoice SET snapshot = '{}' WHERE id = %s", three[1].pk)
    with pytest.raises(CommandError):
        call_command("verify_invoices", "--tenant", tenant.slug)
    assert three[1].number in capsys.readouterr().out


def test_two_cannot_follow_the_same(three):
    copy = Invoice.objects.get(pk=three[2].pk)
    copy.pk, copy.position, copy.number, copy.release_id = None, 4, "X-4", copy.release_id
    copy.public_id, copy.type_code = "00000000-0000-0000-0000-000000000001", "384"
    with pytest.raises(IntegrityError, match="chain_does_not_fork"), transaction.atomic():
        copy.save(force_insert=True)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), JSON))
def test_canonical_text_is_one_for_equal_contents(content):
    import json

    text = canonical_text(content)
    assert canonical_text(json.loads(text)) == text
    assert canonical_text(dict(reversed(content.items()))) == text


def test_a_float_is_refused():
    with pytest.raises(TypeError):
        canonical_text({"totals": [{"excl": 1.1}]})

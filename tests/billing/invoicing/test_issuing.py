"""Invoices are issued once, numbered without gaps, and refusals burn no number."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.db import transaction

from billing.invoicing.errors import IdentityIncomplete, MandateMissing, NotReleased, OperatorMissing
from billing.invoicing.models import Invoice, InvoiceKind, InvoiceSequence, IssueRefusal
from billing.invoicing.operations import (
    accept_mandate,
    end_mandate,
    issue_commission_invoice,
    issue_release_invoice,
)
from billing.invoicing.verification import verify_invoices
from kernel.outbox.models import OutboxTask
from kernel.outbox.running import run_pending
from tests.billing.building import item, line, party, receive
from tests.billing.invoicing.making import NOON, three_lines


def test_an_invoice_says_what_was_charged(market, tenant):
    invoice = market.issue(*three_lines())
    said = json.loads(invoice.snapshot)
    assert invoice.number == f"{tenant.number_code}-M{market.seller.pk:03d}-2026-000001"
    assert said["number"] == invoice.number
    assert said["type_code"] == "380"
    assert said["process"] == "S2"
    assert [row["excl"] for row in said["lines"]] == ["1000.00", "0.11", "149.99"]
    assert [(row["rate"], row["base"], row["vat"]) for row in said["vat"]] == [
        ("20.00", "1000.11", "200.02"),
        ("10.00", "149.99", "15.00"),
    ]
    assert said["totals"] == {
        "excl": "1150.10",
        "vat": "215.02",
        "incl": "1365.12",
        "prepaid": "1365.12",
        "due": "0.00",
    }
    assert (invoice.excl_cents, invoice.vat_cents, invoice.incl_cents, invoice.due_cents) == (
        115010,
        21502,
        136512,
        0,
    )
    assert "au nom et pour le compte de Clain Numérique" in said["mandate"]["text"]
    assert said["invoicer"]["legal_name"] == "Pépinière d’essai"
    assert {note["subject_code"] for note in said["notes"]} == {"AAB", "PMD", "PMT"}
    assert said["tax_point"]["basis_code"] == "72"
    assert invoice.issued_on == date(2026, 11, 23)


def test_a_part_is_invoiced_once(market):
    (part,) = market.released()
    first = issue_release_invoice(release_id=part.pk, now=NOON)
    assert issue_release_invoice(release_id=part.pk, now=NOON) == first
    assert Invoice.objects.filter(kind=InvoiceKind.SALE).count() == 1
    assert InvoiceSequence.objects.get(seller=market.seller).last_number == 1


def test_parts_are_invoiced_alone_and_sum_to_the_whole(market):
    parts = market.released(*three_lines(), shares=(30, 30, 40))
    invoices = [issue_release_invoice(release_id=part.pk, now=NOON) for part in parts]
    assert [invoice.position for invoice in invoices] == [1, 2, 3]
    assert sum(invoice.excl_cents for invoice in invoices) == 115010
    for invoice, part in zip(invoices, parts, strict=True):
        assert invoice.incl_cents == part.incl_cents
        rows = json.loads(invoice.snapshot)["lines"]
        assert all(
            Decimal(row["quantity"]) * Decimal(row["unit_price"]) == Decimal(row["excl"]) for row in rows
        )
    assert "étape 2 sur 3" in json.loads(invoices[1].snapshot)["lines"][0]["detail"]


def test_the_commission_has_a_sequence_of_its_own(market, tenant):
    (part,) = market.released(line("100.00"))
    issue_release_invoice(release_id=part.pk, now=NOON)
    invoice = issue_commission_invoice(release_id=part.pk, now=NOON)
    said = json.loads(invoice.snapshot)
    assert invoice.number == f"{tenant.number_code}-C{market.operator.pk:03d}-2026-000001"
    assert (invoice.seller, invoice.buyer) == (market.operator, market.seller)
    assert (invoice.excl_cents, invoice.vat_cents, invoice.incl_cents) == (500, 100, 600)
    assert said["mandate"] is None
    assert "5\u00a0%" in said["lines"][0]["detail"]


def test_the_tenants_own_sale_needs_no_mandate(market, tenant):
    from billing.commission.terms import NO_COMMISSION

    invoice = market.issue(seller=market.operator, commission=NO_COMMISSION)
    assert invoice.number.startswith(f"{tenant.number_code}-F")
    assert json.loads(invoice.snapshot)["mandate"] is None


def test_a_private_buyer_owes_no_recovery_fee(market):
    buyer = party(role="business", siren=False, kind="person", legal_name="Camille Essai")
    said = json.loads(market.issue(buyer=buyer).snapshot)
    assert [note["subject_code"] for note in said["notes"]] == ["AAB"]
    assert said["buyer"]["siren"] == ""


def test_numbers_begin_anew_with_the_tenants_own_year(market, tenant):
    tenant.time_zone = "Indian/Reunion"
    late = datetime(2026, 12, 31, 19, 59, tzinfo=UTC)
    invoices = [market.issue(now=late), market.issue(now=late.replace(hour=20, minute=0))]
    assert [invoice.issued_on for invoice in invoices] == [date(2026, 12, 31), date(2027, 1, 1)]
    assert [invoice.number.split("-", 2)[2] for invoice in invoices] == ["2026-000001", "2027-000001"]
    tenant.time_zone = "America/Martinique"
    assert market.issue(now=datetime(2028, 1, 1, 3, 59, tzinfo=UTC)).issued_on == date(2027, 12, 31)


def test_dates_of_a_sequence_never_go_back(market):
    market.issue(now=NOON)
    earlier = market.issue(now=NOON.replace(day=20))
    assert earlier.issued_on == date(2026, 11, 23)
    assert verify_invoices().is_clean


def test_a_refusal_burns_no_number_and_waits_for_the_mandate(market):
    newcomer = party(role="provider", legal_name="Nouveau Venu")
    (part,) = market.released(seller=newcomer)
    with pytest.raises(MandateMissing, match="Nouveau Venu"):
        issue_release_invoice(release_id=part.pk, now=NOON)
    assert not InvoiceSequence.objects.filter(seller=newcomer).exists()
    run_pending("documents")
    refusal = IssueRefusal.objects.get(release=part, kind=InvoiceKind.SALE)
    assert refusal.code == "invoicing.mandate_missing"
    assert not OutboxTask.objects.open().filter(name="invoicing.issue_release_invoice").exists()
    accept_mandate(party=newcomer, user=None)
    accept_mandate(party=newcomer, user=None)
    run_pending("documents")
    refusal.refresh_from_db()
    assert refusal.settled_at is not None
    assert Invoice.objects.get(release=part, kind=InvoiceKind.SALE).position == 1


def test_an_ended_mandate_covers_nothing_more(market):
    (part,) = market.released()
    end_mandate(party=market.seller, now=NOON)
    with pytest.raises(MandateMissing):
        issue_release_invoice(release_id=part.pk, now=NOON.replace(day=24))
    assert issue_release_invoice(release_id=part.pk, now=NOON).position == 1


def test_an_identity_that_lacks_its_address_is_refused(market):
    buyer = party(role="business", street="", town="")
    (part,) = market.released(buyer=buyer)
    with pytest.raises(IdentityIncomplete, match="adresse, ville"):
        issue_release_invoice(release_id=part.pk, now=NOON)


def test_what_is_not_approved_is_not_invoiced(market):
    from billing.charges.models import ChargeRelease
    from billing.charges.operations import open_charge

    charge = open_charge(reference="held", buyer=market.buyer, items=[item(market.seller, key="held")])
    receive(charge)
    with pytest.raises(NotReleased):
        issue_release_invoice(release_id=ChargeRelease.objects.get(item__key="held").pk)


def test_without_an_operator_nothing_is_issued(market):
    (part,) = market.released()
    market.operator.roles.all().delete()
    with pytest.raises(OperatorMissing):
        issue_release_invoice(release_id=part.pk)


def test_a_rollback_gives_the_number_back(market):
    parts = [market.released()[0] for _ in range(3)]
    issue_release_invoice(release_id=parts[0].pk, now=NOON)
    with pytest.raises(RuntimeError), transaction.atomic():
        issue_release_invoice(release_id=parts[1].pk, now=NOON)
        raise RuntimeError
    assert issue_release_invoice(release_id=parts[2].pk, now=NOON).position == 2
    assert issue_release_invoice(release_id=parts[1].pk, now=NOON).position == 3
    assert verify_invoices().is_clean

"""Credit notes of what was given back: same chain, same parties, the invoice named, amounts of the return."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from billing.charges.models import ChargeReturn
from billing.charges.operations import lock_charge
from billing.charges.returns import mark_returned
from billing.invoicing.credit_notes import issue_credit_note
from billing.invoicing.errors import MandateMissing, OriginalMissing
from billing.invoicing.models import Invoice, InvoiceKind, IssueRefusal
from billing.invoicing.operations import (
    end_mandate,
    issue_commission_invoice,
    issue_release_invoice,
    request_again,
)
from billing.invoicing.tasks import issue_sale_credit_note
from billing.invoicing.verification import verify_invoices
from kernel.outbox.models import OutboxTask
from tests.billing.building import line
from tests.billing.invoicing.making import NOON, Market


def returned(part: Any, cents: int) -> ChargeReturn:
    part.item.charge = lock_charge(charge_id=part.item.charge_id)
    return mark_returned(
        release=part,
        amount_cents=cents,
        bearer="provider",
        corrects_sale=True,
        reason="Livrable inutilisable",
        at=timezone.now(),
        on=date(2026, 11, 23),
    )


def test_it_corrects_its_invoice_in_the_same_chain(market: Market) -> None:
    (part,) = market.released(line("100.00"), line("50.00", vat_kind="reduced"))
    original = issue_release_invoice(release_id=part.pk, now=NOON)
    made = returned(part, 5000)
    note = issue_credit_note(return_id=made.pk, kind=InvoiceKind.SALE, now=NOON)
    assert issue_credit_note(return_id=made.pk, kind=InvoiceKind.SALE, now=NOON) == note
    assert (note.type_code, note.sequence_id, note.position) == ("381", original.sequence_id, 2)
    assert note.previous_sha256 == original.sha256
    assert (note.incl_cents, note.due_cents) == (5000, 0)
    said, of_original = json.loads(note.snapshot), json.loads(original.snapshot)
    assert said["credits"] == {"number": original.number, "issued_on": original.issued_on.isoformat()}
    assert said["seller"] == of_original["seller"]
    assert said["mandate"] == of_original["mandate"]
    assert {row["rate"] for row in said["vat"]} == {"20.00", "5.50"}
    assert verify_invoices().is_clean


def test_the_commission_goes_back_in_proportion(market: Market) -> None:
    (part,) = market.released(line("100.00"))
    issue_release_invoice(release_id=part.pk, now=NOON)
    issue_commission_invoice(release_id=part.pk, now=NOON)
    notes = []
    for cents in (4000, 8000):
        made = returned(part, cents)
        notes.append(issue_credit_note(return_id=made.pk, kind=InvoiceKind.COMMISSION, now=NOON))
    assert [note.incl_cents for note in notes] == [200, 400]
    assert (
        sum(note.incl_cents for note in notes)
        == Invoice.objects.get(kind="commission", type_code="380").incl_cents
    )
    assert verify_invoices().is_clean


def test_an_exempt_seller_keeps_its_wording(market: Market) -> None:
    (part,) = market.released(line("100.00", vat_kind="exempt"))
    original = issue_release_invoice(release_id=part.pk, now=NOON)
    note = issue_credit_note(return_id=returned(part, 2500).pk, kind=InvoiceKind.SALE, now=NOON)
    (row,) = json.loads(note.snapshot)["vat"]
    assert row["exemptions"] == json.loads(original.snapshot)["vat"][0]["exemptions"]
    assert (row["base"], row["vat"]) == ("25.00", "0.00")


def test_without_an_invoice_it_is_a_to_do_that_asks_for_the_note(market: Market) -> None:
    (part,) = market.released(line("100.00"))
    made = returned(part, 5000)
    with pytest.raises(OriginalMissing):
        issue_credit_note(return_id=made.pk, kind=InvoiceKind.SALE)
    issue_sale_credit_note(return_id=made.pk)
    refusal = IssueRefusal.objects.get()
    assert (refusal.charge_return, refusal.code) == (made, "invoicing.original_missing")
    request_again(refusal=refusal)
    assert OutboxTask.objects.filter(
        name="invoicing.issue_credit_note", arguments={"return_id": made.pk}
    ).exists()
    issue_release_invoice(release_id=part.pk, now=NOON)
    refusal.refresh_from_db()
    assert refusal.settled_at is None
    issue_sale_credit_note(return_id=made.pk)
    refusal.refresh_from_db()
    assert refusal.settled_at is not None


def test_an_ended_mandate_refuses_it(market: Market) -> None:
    (part,) = market.released(line("100.00"))
    issue_release_invoice(release_id=part.pk, now=NOON)
    made = returned(part, 5000)
    end_mandate(party=market.seller, now=NOON)
    with pytest.raises(MandateMissing):
        issue_credit_note(return_id=made.pk, kind=InvoiceKind.SALE, now=NOON.replace(day=NOON.day + 1))


def test_the_page_says_what_it_corrects(market: Market) -> None:
    from billing.invoicing.rendering import render_html

    (part,) = market.released(line("100.00"))
    original = issue_release_invoice(release_id=part.pk, now=NOON)
    note = issue_credit_note(return_id=returned(part, 6000).pk, kind=InvoiceKind.SALE, now=NOON)
    page = render_html(note.snapshot, sha256=note.sha256)
    assert "<h1>Avoir</h1>" in page
    assert f"Corrige la facture {original.number} du" in page
    assert "Reste à payer" not in page
    assert "Livrable inutilisable" in page

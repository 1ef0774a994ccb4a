"""An invoice of a part that aid helps to pay: what is due is the funder's, and the paper says so."""

from __future__ import annotations

import datetime
import json
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from billing.charges.cofunding import Share
from billing.charges.models import ChargeRelease, ChargeReturn
from billing.charges.operations import lock_charge, open_charge, settle_charge, settle_funded
from billing.charges.returns import mark_returned
from billing.invoicing.credit_notes import issue_credit_note
from billing.invoicing.document import document_context
from billing.invoicing.drafts import draft_sale
from billing.invoicing.errors import AmountsDisagree
from billing.invoicing.models import Invoice, InvoiceKind
from billing.invoicing.operations import issue_release_invoice
from billing.invoicing.rendering import render_html
from billing.payouts import cofunding
from billing.payouts.operations import release
from tenants.parties.models import VatRegimePeriod
from tenants.reference.parameters import load_parameters
from tests.billing.building import item, line, receive
from tests.billing.funding.making import funded, programme, says_no_aid_elsewhere
from tests.billing.invoicing.making import NOON, Market


def test_the_rest_is_due_by_the_funder(market: Market, tenant: Any) -> None:
    share = Share("cheque", "Chèque numérique", "", "Région", 5_000)
    charge = open_charge(
        reference="CMD-AIDE",
        buyer=market.buyer,
        items=[item(market.seller, line("100.00"), key="aide-1")],
        cofund=lambda _priced: {("aide-1", "step-1"): [share]},
    )
    settle_charge(charge=charge, paid_at=NOON)
    part = ChargeRelease.objects.select_related("item__seller", "item__charge__buyer").get()
    part.released_at = NOON
    drafted = draft_sale(tenant=tenant, release=part, on=NOON.date())
    assert (drafted.incl_cents, drafted.due_cents) == (12_000, 5_000)
    assert drafted.content["totals"]["prepaid"] == "70.00"
    assert drafted.content["cofunding"] == [
        {"payer": "Région", "programme": "Chèque numérique", "amount": "50.00"}
    ]
    snapshot = {**drafted.content, "number": "F-1", "issued_on": "2026-11-23", "issued_at": "", "sha256": ""}
    shown = document_context(snapshot, sha256="0" * 64)
    assert [one["cents"] for one in shown["cofunding"]] == [5_000]


def approved_with_aid(market: Market, rate_percent: int) -> ChargeRelease:
    """An approved and invoiced part of 120.00 incl. VAT, of which a programme pays `rate_percent` excl."""
    load_parameters()
    market.buyer.founded_on = datetime.date.today() - datetime.timedelta(days=200)
    market.buyer.headcount = 2
    market.buyer.save()
    says_no_aid_elsewhere(market.buyer)
    years = {"starts_on": datetime.date(2020, 1, 1), "ends_on": datetime.date(2100, 12, 31)}
    made = programme(rate_percent=Decimal(rate_percent), budget_cents=100_000_000, **years)
    made.budgets.update(amount_cents=1_000_000)
    charge = funded(market.seller, market.buyer, "100.00")
    if charge.cofunded_cents == charge.incl_cents:
        settle_funded(reference="order-1")
    else:
        receive(charge)
    release(item_key="order-1-1", release_key="step-1")
    part = ChargeRelease.objects.get()
    issue_release_invoice(release_id=part.pk)
    return part


def returned(cents: int) -> ChargeReturn:
    """A refund of the part, with its aid given back as the verb of payouts does."""
    part = ChargeRelease.objects.select_related("item__seller").get()
    part.item.charge = lock_charge(charge_id=part.item.charge_id)
    made = mark_returned(
        release=part,
        amount_cents=cents,
        bearer="provider",
        corrects_sale=True,
        reason="Retard",
        at=timezone.now(),
        on=timezone.now().date(),
    )
    cofunding.give_back(release=part, amount_cents=made.cofunded_cents, source=made.source)
    return made


def credited(cents: int) -> Invoice:
    return issue_credit_note(return_id=returned(cents).pk, kind=InvoiceKind.SALE)


def test_a_credit_note_names_the_share_that_goes_back_to_the_funder(market: Market) -> None:
    approved_with_aid(market, 50)
    notes = [credited(6_000), credited(2_401), credited(3_599)]
    said = [json.loads(note.snapshot) for note in notes]
    assert [(one["payer"], one["programme"]) for note in said for one in note["cofunding"]] == [
        ("Région", "Cheque")
    ] * 3
    amounts = [Decimal(note["cofunding"][0]["amount"]) for note in said]
    assert amounts[0] == Decimal("25.00")
    assert sum(amounts) == Decimal("50.00")
    page = render_html(notes[0].snapshot, sha256=notes[0].sha256).replace("\xa0", " ").replace("\u202f", " ")
    assert "dont la part de Région" in page
    assert "25,00 € sont la part de Région (Cheque) : ils ne sont pas remboursés au client." in page
    assert "Remboursement demandé le" in page
    assert "le client ne les paie pas" not in page


def test_a_share_that_was_not_stored_is_refused(market: Market) -> None:
    from billing.funding.models import VoucherReturn

    approved_with_aid(market, 50)
    made = returned(6_000)
    VoucherReturn.objects.all().delete()
    with pytest.raises(AmountsDisagree):
        issue_credit_note(return_id=made.pk, kind=InvoiceKind.SALE)


def test_what_aid_paid_whole_is_not_said_to_be_refunded_to_the_client(market: Market) -> None:
    VatRegimePeriod.objects.filter(party=market.seller).update(regime="franchise")
    approved_with_aid(market, 100)
    note = credited(10_000)
    assert json.loads(note.snapshot)["cofunding"][0]["amount"] == "100.00"
    page = render_html(note.snapshot, sha256=note.sha256)
    assert "sont la part de Région" in page
    assert "Remboursement demandé" not in page

"""What goes back of a part whose VAT waits, or was restated: sums stay whole, credit notes follow."""

from __future__ import annotations

import json
from typing import Any

import pytest

from billing.charges.models import Charge, ChargeRelease, ChargeReturn
from billing.invoicing.models import Invoice
from billing.ledger.accounts import AccountCode
from billing.ledger.queries import balance
from billing.payouts.models import SellerDebt
from billing.payouts.operations import release
from billing.payouts.refunds import refund_released
from billing.payouts.splits import decide_split
from billing.vat_reviews.models import VatReview
from billing.vat_reviews.operations import confirm_review, fingerprint
from kernel.outbox.running import run_pending
from tenants.parties.models import VatRegimePeriod
from tests.billing.invoicing.making import Market, open_market
from tests.billing.payments.acting import assert_ledger_is_clean
from tests.billing.payouts.test_splits import paid_item
from tests.billing.vat_reviews.making import IN_THE_NEW_YEAR, rate_from
from tests.services.ordering import connect_gateway


@pytest.fixture
def market(tenant: Any) -> Market:
    connect_gateway()
    return open_market()


def paid(market: Market, price: str = "100.00", weights: tuple[int, ...] = (100,)) -> str:
    """A paid item under another rate and another regime of the operator at both tax points."""
    key = paid_item(market.seller, market.buyer, price, weights)
    Charge.objects.update(paid_at=IN_THE_NEW_YEAR)
    rate_from("21.00")
    VatRegimePeriod.objects.filter(party=market.operator).update(regime="franchise")
    return key


def refund(key: str, cents: int) -> None:
    refund_released(
        item_key=key, release_key="step-1", amount_cents=cents, bearer="provider", reason="Retard"
    )


def confirm_all() -> None:
    for review in VatReview.objects.filter(state="waiting").order_by("id"):
        confirm_review(review=review, seen=fingerprint(review), user=None)


@pytest.mark.parametrize("steps", [(3_333, 1, 4_777), (12_000,), (1, 1)])
def test_a_refund_may_come_before_and_after_the_answer(market: Market, steps: tuple[int, ...]) -> None:
    key = paid(market)
    release(item_key=key, release_key="step-1")
    for cents in steps:
        refund(key, cents)
    debts = list(SellerDebt.objects.values_list("amount_cents", flat=True))
    confirm_all()
    assert list(SellerDebt.objects.values_list("amount_cents", flat=True)) == debts
    assert_ledger_is_clean()
    left = 12_000 - sum(steps)
    if left:
        refund(key, left)
    part = ChargeRelease.objects.get()
    returns = list(ChargeReturn.objects.order_by("position"))
    assert sum(made.vat_cents for made in returns) == part.vat_cents == 2083
    assert sum(made.commission_excl_cents for made in returns) == part.commission_excl_cents == 600
    assert (balance(AccountCode.COMMISSIONS), balance(AccountCode.OUTPUT_VAT)) == (0, 0)
    assert_ledger_is_clean()
    run_pending("documents")
    run_pending("documents")
    notes = Invoice.objects.filter(type_code="381", kind="sale")
    assert sum(note.vat_cents for note in notes) == 2083
    assert {row["rate"] for note in notes for row in json.loads(note.snapshot)["vat"]} == {"21.00"}
    assert Invoice.objects.filter(type_code="381", kind="commission").count() == len(
        [made for made in returns if made.commission_incl_cents]
    )


def test_a_dispute_is_decided_although_vat_waits(market: Market) -> None:
    key = paid(market, "99.99", (50, 30, 20))
    decide_split(item_key=key, refund_cents=7_001, bearer="provider", reason="Livrable partiel")
    assert VatReview.objects.filter(state="waiting").exists()
    assert_ledger_is_clean()
    confirm_all()
    assert_ledger_is_clean()

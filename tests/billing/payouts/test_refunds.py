"""Refunds after release through the real sandbox: each bearer, before and after the transfer left."""

from __future__ import annotations

from typing import Any

import pytest

from billing.charges.errors import NothingToRefund, RefundAmountMismatch
from billing.charges.models import ChargeReturn
from billing.funding.errors import ReturnTooLarge
from billing.ledger.accounts import AccountCode
from billing.ledger.queries import balance
from billing.ledger.verification import verify_ledger
from billing.payments.models import Payment, Refund
from billing.payouts import cofunding
from billing.payouts.debts import give_up_debt, open_cents_of, record_repayment
from billing.payouts.errors import (
    BearerNotPossible,
    DebtAmountWrong,
    ReasonMissing,
)
from billing.payouts.models import Payout, SellerDebt, TransferReversal
from billing.payouts.operations import open_payout_account, release
from billing.payouts.queries import money_of
from billing.payouts.refunds import preview_refund, refund_released
from billing.payouts.sending import send_leg
from tests.billing.ledger.test_pages import person
from tests.billing.payments.acting import Shop, assert_ledger_is_clean
from tests.billing.payouts.conftest import release_paid


def refund(reference: str = "C-1", cents: int = 12000, bearer: str = "provider") -> ChargeReturn:
    return refund_released(
        item_key=f"{reference}-line",
        release_key="step-1",
        amount_cents=cents,
        bearer=bearer,
        reason="Prestation inutilisable",
    )


def sent(shop: Shop, reference: str = "C-1") -> Payout:
    open_payout_account(party=shop.seller)
    payout = release_paid(shop, reference)
    shop.work()
    payout.refresh_from_db()
    assert payout.state == "sent"
    return payout


def empty_payee(shop: Shop) -> None:
    """The seller has withdrawn all of it from the gateway."""
    from billing.payouts.models import PayoutAccount

    payee = PayoutAccount.objects.get(party=shop.seller).gateway_account_id
    shop.api.post(f"test/accounts/{payee}/pay_out")


def test_before_the_transfer_left_the_payout_gets_smaller(shop: Shop, released: Any) -> None:
    made = refund(cents=6000)
    assert (made.commission_excl_cents, made.commission_vat_cents, made.seller_cents) == (250, 50, 5700)
    released.refresh_from_db()
    leg = released.legs.get()
    assert (released.netted_cents, leg.amount_cents, leg.state) == (5700, 5700, "ready")
    assert open_cents_of(shop.seller) == 0
    assert balance(AccountCode.OWED_TO_PROVIDERS, shop.seller) == -5700
    assert balance(AccountCode.COMMISSIONS) == -250
    assert balance(AccountCode.OUTPUT_VAT) == -50
    shop.work()
    assert Refund.objects.get().state == "done"
    assert balance(AccountCode.REFUNDS_DUE) == 0
    assert_ledger_is_clean()


def test_all_of_an_unsent_payout_is_netted(shop: Shop, released: Any) -> None:
    refund()
    released.refresh_from_db()
    assert (released.state, released.legs.get().state) == ("netted", "cancelled")
    open_payout_account(party=shop.seller)
    shop.work()
    assert shop.api.get("transfers")["data"] == []
    send_leg(leg_id=released.legs.get().pk)
    assert balance(AccountCode.OWED_TO_PROVIDERS, shop.seller) == 0
    assert balance(AccountCode.COMMISSIONS) == 0
    assert_ledger_is_clean()


def test_a_sent_transfer_is_taken_back(shop: Shop) -> None:
    sent(shop)
    refund()
    assert open_cents_of(shop.seller) == 11400
    assert money_of(shop.seller).owed_cents == 11400
    shop.work()
    reversal = TransferReversal.objects.get()
    assert (reversal.state, reversal.amount_cents) == ("done", 11400)
    assert open_cents_of(shop.seller) == 0
    (transfer,) = shop.api.get("transfers")["data"]
    assert transfer["amount_reversed"] == 11400
    assert balance(AccountCode.OWED_TO_PROVIDERS, shop.seller) == 0
    assert balance(AccountCode.HELD) == 0
    assert_ledger_is_clean()


def test_gateway_and_ledger_agree_to_the_cent(shop: Shop) -> None:
    sent(shop)
    refund(cents=4321)
    shop.work()
    report = verify_ledger(outside=True)
    assert report.is_clean, report.findings
    assert report.unasked == ()
    assert "payouts.gateway" in report.checks


def outside_findings() -> list[str]:
    report = verify_ledger(outside=True)
    assert report.unasked == ()
    return [str(finding) for finding in report.findings]


def test_a_refund_that_waits_for_the_bank_is_no_difference(shop: Shop) -> None:
    """The gateway takes it out of its balance at once, the ledger when it is done."""
    sent(shop)
    shop.api.knob("refunds", mode="pending", times=2)
    refund(cents=4321, bearer="operator")
    shop.work()
    waiting = Refund.objects.get()
    assert waiting.state == "pending"
    assert outside_findings() == []
    # The answer of the second one was lost: we do not know how the gateway calls it.
    refund(cents=1000, bearer="operator")
    shop.api.knob("timeout_after_success", operation="refunds.create", times=1, hold_seconds=0)
    shop.work()
    assert Refund.objects.filter(state="requested", gateway_refund_id="").count() == 1
    assert outside_findings() == []
    # Only what the gateway says waits is left out: one that it failed is in its balance again.
    shop.api.post(f"test/refunds/{waiting.gateway_refund_id}/settle", {"status": "failed"})
    assert outside_findings() == []
    shop.api.post(f"test/charges/{payment_charge()}/refund", {"amount": 77})
    assert "refunds that wait for the bank 1000" in outside_findings()[0]
    shop.post_new_events()
    assert outside_findings() == []


def payment_charge() -> str:
    return Payment.objects.get().gateway_charge_id


def test_what_cannot_be_taken_back_is_kept_from_the_next_payouts(shop: Shop) -> None:
    sent(shop)
    empty_payee(shop)
    refund()
    shop.work()
    assert TransferReversal.objects.get().state == "failed"
    assert open_cents_of(shop.seller) == 11400
    assert balance(AccountCode.OWED_TO_PROVIDERS, shop.seller) == 11400
    assert_ledger_is_clean()
    small = release_paid(shop, "C-2")
    small.refresh_from_db()
    assert (small.state, small.netted_cents, small.legs.count()) == ("netted", 11400, 0)
    assert open_cents_of(shop.seller) == 0
    normal = release_paid(shop, "C-3")
    assert (normal.netted_cents, normal.legs.get().amount_cents) == (0, 11400)
    assert_ledger_is_clean()


def test_a_refused_reversal_takes_what_waits_already(shop: Shop) -> None:
    first = sent(shop)
    charge = shop.charge("C-2")
    shop.pay(shop.start(charge))
    shop.post_new_events()
    empty_payee(shop)
    waiting = release(item_key="C-2-line", release_key="step-1")
    refund(cents=1200)
    assert TransferReversal.objects.get().leg.payout == first
    from billing.payouts.reversals import send_reversal

    send_reversal(reversal_id=TransferReversal.objects.get().pk)
    waiting.refresh_from_db()
    assert (waiting.netted_cents, waiting.legs.get().amount_cents) == (1140, 10260)
    shop.work()
    assert_ledger_is_clean()


def test_the_operator_bears_it_and_the_sale_stands(shop: Shop) -> None:
    sent(shop)
    made = refund(cents=5000, bearer="operator")
    shop.work()
    assert not made.corrects_sale
    assert not SellerDebt.objects.exists()
    assert balance(AccountCode.REFUNDS_BORNE) == 5000
    assert balance(AccountCode.COMMISSIONS) == -500
    assert_ledger_is_clean()


def test_partial_refunds_end_with_the_price(shop: Shop) -> None:
    sent(shop)
    for cents in (1, 3333, 4000):
        refund(cents=cents)
    shop.work()
    with pytest.raises(RefundAmountMismatch):
        refund(cents=4667)
    refund(cents=4666)
    shop.work()
    with pytest.raises(NothingToRefund):
        refund(cents=1)
    assert balance(AccountCode.COMMISSIONS) == 0
    assert balance(AccountCode.OUTPUT_VAT) == 0
    assert balance(AccountCode.OWED_TO_PROVIDERS, shop.seller) == 0
    assert_ledger_is_clean()


def test_the_preview_says_what_the_refund_does(shop: Shop) -> None:
    payout = sent(shop)
    part = payout.release
    seen = preview_refund(release=part, amount_cents=6000, bearer="provider")
    assert (seen.seller_cents, seen.operator_cents, seen.sent_cents) == (5700, 300, 5700)
    assert seen.has_credit_note
    assert seen.priced.left_cents == 6000
    gesture = preview_refund(release=part, amount_cents=6000, bearer="operator")
    assert (gesture.seller_cents, gesture.operator_cents, gesture.has_credit_note) == (0, 6000, False)
    assert not ChargeReturn.objects.exists()
    made = refund(cents=6000)
    assert made.seller_cents == seen.seller_cents


def test_own_sales_are_the_operators_alone(shop: Shop) -> None:
    from billing.charges.operations import open_charge
    from tests.billing.building import item, line

    charge = open_charge(
        reference="C-9", buyer=shop.buyer, items=[item(shop.operator, line(), key="C-9-line")]
    )
    shop.pay(shop.start(charge))
    shop.post_new_events()
    release(item_key="C-9-line", release_key="step-1")
    with pytest.raises(BearerNotPossible):
        refund("C-9")
    made = refund("C-9", bearer="operator")
    assert made.corrects_sale
    shop.work()
    assert balance(AccountCode.OWN_SALES) == 0
    assert balance(AccountCode.OUTPUT_VAT) == 0
    assert not SellerDebt.objects.exists()
    assert_ledger_is_clean()


def test_a_reason_is_needed(shop: Shop, released: Any) -> None:
    with pytest.raises(ReasonMissing):
        refund_released(
            item_key="C-1-line", release_key="step-1", amount_cents=1, bearer="provider", reason=" "
        )


def test_a_debt_is_paid_back_or_given_up(shop: Shop) -> None:
    sent(shop)
    empty_payee(shop)
    refund()
    shop.work()
    debt = SellerDebt.objects.get()
    user = person("finance@exemple.example", "finance")
    record_repayment(debt_id=debt.pk, amount_cents=10000, note="Virement du 23 novembre", user=user)
    with pytest.raises(DebtAmountWrong):
        give_up_debt(debt_id=debt.pk, amount_cents=1401, note="Liquidation", user=user)
    give_up_debt(debt_id=debt.pk, amount_cents=1400, note="Liquidation", user=user)
    assert open_cents_of(shop.seller) == 0
    assert balance(AccountCode.BANK) == 10000
    assert balance(AccountCode.DEBTS_LOST) == 1400
    assert balance(AccountCode.OWED_TO_PROVIDERS, shop.seller) == 0
    assert_ledger_is_clean()


def test_no_more_aid_is_given_back_than_was_used(shop: Shop, released: Any) -> None:
    with pytest.raises(ReturnTooLarge):
        cofunding.give_back(release=released.release, amount_cents=1, source="return:1")
    assert cofunding.give_back(release=released.release, amount_cents=0, source="return:1") == []

"""One of several payments of a charge is disputed, given back by hand or comes late; transfers still find
the payments that can carry them."""

from __future__ import annotations

from typing import Any

import pytest

from billing.charges.inputs import Due, InstalmentInput
from billing.charges.models import Charge
from billing.charges.operations import lapse_charge, lock_charge, open_charge
from billing.payments.models import GatewayDispute, Payment, Refund
from billing.payments.operations.disputes import decide_dispute
from billing.payments.operations.foreign_refunds import bear_found
from billing.payments.operations.refunds import refund_items
from billing.payouts.found_refunds import split_found_refund, targets_of
from billing.payouts.models import Payout, PayoutLeg
from billing.payouts.operations import open_payout_account, release
from billing.payouts.refunds import refund_released
from billing.payouts.verification import check_gateway_balance
from tests.billing.building import FIVE_PERCENT, item, line
from tests.billing.payments.acting import Shop, assert_ledger_is_clean, balances, open_shop
from tests.billing.payments.test_instalments import deliver, pay_next, states
from tests.billing.payments.test_pages import person
from tests.sandbox import SandboxProcess


@pytest.fixture
def shop(tenant: Any, tenant_client: Any, sandbox_process: SandboxProcess, settings: Any) -> Shop:
    return open_shop(tenant, tenant_client, sandbox_process, settings)


def ordered(shop: Shop, deposit: int, *, items: int = 1) -> Charge:
    """A charge of 120,00 euros an item, of which a share is paid at once."""
    return open_charge(
        reference="T-1",
        buyer=shop.buyer,
        items=[
            item(shop.seller, line("100.00"), key=f"T-1-{number}", commission=FIVE_PERCENT)
            for number in range(1, items + 1)
        ],
        instalments=[
            InstalmentInput("deposit", "Acompte", Due.AT_OPENING, share=deposit),
            InstalmentInput("balance", "Solde", Due.AT_DELIVERY, share=100 - deposit),
        ],
    )


def paid(shop: Shop, deposit: int, *, items: int = 1) -> tuple[Payment, Payment]:
    """Such a charge with both of its payments."""
    charge = ordered(shop, deposit, items=items)
    first = pay_next(shop, charge)
    deliver(charge)
    return first, pay_next(shop, charge)


def at_gateway(shop: Shop, payment: Payment, what: str, **content: Any) -> dict[str, Any]:
    done = shop.api.post(f"test/charges/{payment.gateway_charge_id}/{what}", content)
    shop.post_new_events()
    return done


def decided(shop: Shop, payment: Payment, status: str) -> GatewayDispute:
    """The bank took one payment, and said whose it is."""
    opened = at_gateway(shop, payment, "dispute")
    shop.api.post(f"test/disputes/{opened['id']}/close", {"status": status})
    shop.post_new_events()
    return GatewayDispute.objects.get(gateway_dispute_id=opened["id"])


def assert_agrees() -> None:
    assert_ledger_is_clean()
    assert [*check_gateway_balance()] == []


def test_all_that_lapsed_is_due_again_when_one_of_it_comes_late(shop: Shop) -> None:
    """Two instalments at the order: the late first one must not make the second one disappear."""
    charge = open_charge(
        reference="T-1",
        buyer=shop.buyer,
        items=[item(shop.seller, line("100.00"), key="T-1-1", commission=FIVE_PERCENT)],
        instalments=[
            InstalmentInput("one", "Acompte", Due.AT_OPENING, share=50),
            InstalmentInput("two", "Solde", Due.AT_OPENING, share=50),
        ],
    )
    late = shop.start(charge)
    shop.pay(late)
    lapse_charge(charge=lock_charge(charge_id=charge.pk))
    assert states(charge) == ["lapsed", "lapsed", "lapsed"]
    shop.post_new_events()
    assert states(charge) == ["part_paid", "paid", "due"]
    assert pay_next(shop, charge).amount_cents == 6_000
    assert states(charge) == ["paid", "paid", "paid"]
    assert_agrees()


def test_a_transfer_that_came_back_leaves_its_payment_to_the_next(shop: Shop) -> None:
    """The deposit paid the first seller's part, which was taken back: it can carry the second one."""
    open_payout_account(party=shop.seller)
    first, _second = paid(shop, 60, items=2)
    release(item_key="T-1-1", release_key="step-1")
    shop.work()
    assert PayoutLeg.objects.get().source == first
    refund_released(
        item_key="T-1-1", release_key="step-1", amount_cents=12_000, bearer="provider", reason="Retard"
    )
    shop.work()
    shop.post_new_events()
    release(item_key="T-1-2", release_key="step-1")
    shop.work()
    assert Payout.objects.latest("pk").state == "sent", [*PayoutLeg.objects.values_list("reason_code")]
    assert_agrees()


def test_what_a_refund_by_hand_took_of_one_payment_another_one_carries(shop: Shop) -> None:
    """The operator bears it: the seller gets its price, out of both payments up to what they were worth."""
    open_payout_account(party=shop.seller)
    first, second = paid(shop, 50)
    at_gateway(shop, first, "refund", amount=4_000)
    bear_found(refund_id=Refund.objects.get().pk)
    # So much more lies at the gateway that the balance is no hindrance.
    shop.pay(shop.start(shop.charge("T-2")))
    shop.post_new_events()
    release(item_key="T-1-1", release_key="step-1")
    shop.work()
    legs = PayoutLeg.objects.order_by("source_id").values_list("source_id", "amount_cents", "state")
    assert [*legs] == [(first.pk, 5_400, "sent"), (second.pk, 6_000, "sent")]
    assert_agrees()


@pytest.mark.parametrize("which", [0, 1])
def test_a_dispute_of_one_payment_keeps_the_payout_until_it_is_won(shop: Shop, which: int) -> None:
    open_payout_account(party=shop.seller)
    payments = paid(shop, 30)
    opened = at_gateway(shop, payments[which], "dispute")
    release(item_key="T-1-1", release_key="step-1")
    shop.work()
    assert Payout.objects.get().state == "held"
    assert not PayoutLeg.objects.filter(state="sent").exists()
    shop.api.post(f"test/disputes/{opened['id']}/close", {"status": "won"})
    shop.post_new_events()
    shop.work()
    assert Payout.objects.get().state == "sent"
    assert "467400" not in balances()
    assert_agrees()


def test_a_lost_deposit_leaves_the_balance_to_be_paid(shop: Shop) -> None:
    charge = ordered(shop, 30)
    deposit = pay_next(shop, charge)
    assert decided(shop, deposit, "lost").state == "lost"
    assert states(charge) == ["part_paid", "paid", "pending"]
    deliver(charge)
    pay_next(shop, charge)
    assert states(charge) == ["paid", "paid", "paid"]
    assert balances()["467400"] == 3_600
    assert_agrees()


def test_all_is_cancelled_after_a_bank_took_one_payment(shop: Shop) -> None:
    """What the bank took counts as given back, and only the rest is sent."""
    first, second = paid(shop, 30)
    decided(shop, second, "lost")
    refunds = refund_items(item_keys=["T-1-1"], bearer="operator", reason="annulée")
    shop.work()
    shop.post_new_events()
    found = {(refund.payment, refund.origin, refund.amount_cents) for refund in refunds}
    assert found == {(first, "house", 3_600), (second, "bank", 8_400)}
    assert sum(refund["amount"] for refund in shop.api.get("refunds")["data"]) == 3_600
    dispute = GatewayDispute.objects.get()
    staff = person("finance@exemple.example", "finance")
    assert decide_dispute(dispute_id=dispute.pk, bearer="operator", actor=staff).borne_cents == 0
    assert not {"467400", "467900"} & set(balances())
    assert_agrees()


def test_a_seller_bears_a_lost_payment_of_two_after_its_part_was_sent(shop: Shop) -> None:
    open_payout_account(party=shop.seller)
    _first, second = paid(shop, 30)
    release(item_key="T-1-1", release_key="step-1")
    shop.work()
    dispute = decided(shop, second, "lost")
    staff = person("finance@exemple.example", "finance")
    decide_dispute(dispute_id=dispute.pk, bearer="provider", actor=staff)
    shop.work()
    shop.post_new_events()
    assert not {"467400", "467200", "658100"} & set(balances())
    assert_agrees()


def test_all_given_back_by_hand_over_both_payments_counts_when_cancelled(shop: Shop) -> None:
    for payment in paid(shop, 30):
        at_gateway(shop, payment, "refund")
    refunds = refund_items(item_keys=["T-1-1"], bearer="operator", reason="annulée")
    assert sorted(refund.amount_cents for refund in refunds) == [3_600, 8_400]
    shop.work()
    assert len(shop.api.get("refunds")["data"]) == 2
    assert not {"471000", "467900"} & set(balances())
    assert_agrees()


def sent_back(shop: Shop) -> int:
    """What the gateway gave back in all, in cents."""
    return sum(refund["amount"] for refund in shop.api.get("refunds")["data"])


def test_what_was_given_back_by_hand_of_the_older_payment_is_not_sent_again(shop: Shop) -> None:
    first, _second = paid(shop, 30, items=2)
    at_gateway(shop, first, "refund", amount=7_200)
    refund_items(item_keys=["T-1-1"], bearer="operator", reason="annulée")
    shop.work()
    assert sent_back(shop) == 12_000
    assert_agrees()


def test_a_piece_meant_for_one_item_does_not_hinder_another(shop: Shop) -> None:
    _first, second = paid(shop, 30, items=2)
    at_gateway(shop, second, "refund", amount=12_000)
    one, _other = targets_of(second.charge)
    split_found_refund(
        refund_id=Refund.objects.get().pk,
        amounts={one.key: 12_000},
        borne_cents=0,
        bearer="operator",
        reason="Erreur",
    )
    for number in (2, 1):
        refund_items(item_keys=[f"T-1-{number}"], bearer="operator", reason="annulée")
        shop.work()
        assert sent_back(shop) == 24_000
    assert_agrees()


def test_what_the_bank_took_counts_before_other_money_leaves(shop: Shop) -> None:
    _first, second = paid(shop, 50, items=2)
    decided(shop, second, "lost")
    refund_items(item_keys=["T-1-1"], bearer="operator", reason="annulée")
    shop.work()
    assert sent_back(shop) == 0
    refund_items(item_keys=["T-1-2"], bearer="operator", reason="annulée")
    shop.work()
    assert sent_back(shop) == 12_000
    assert_agrees()

"""A deposit and a balance through the wire: paid one by one, given back, late, twice; released when whole."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from billing.charges.errors import BalanceOpen, InstalmentsDiffer
from billing.charges.inputs import Due, InstalmentInput
from billing.charges.instalments import call_instalments, due_now
from billing.charges.models import Charge, ChargeEvent, ChargeInstalment
from billing.charges.operations import cancel_charge, lapse_charge, lock_charge, open_charge
from billing.events import CHARGE_PAID, INSTALMENT_PAID
from billing.payments.errors import ChargeNotPayable
from billing.payments.models import Payment, Refund
from billing.payments.operations.expiry import expire_charge
from billing.payments.operations.refunds import refund_items
from billing.payouts.models import PayoutLeg
from billing.payouts.operations import open_payout_account, release
from billing.payouts.refunds import refund_released
from billing.payouts.verification import check_gateway_balance
from tests.billing.building import FIVE_PERCENT, item, line
from tests.billing.payments.acting import Shop, assert_ledger_is_clean, balances, open_shop
from tests.sandbox import SandboxProcess

DEPOSIT = InstalmentInput("deposit", "Acompte", Due.AT_OPENING, share=30)
BALANCE = InstalmentInput("balance", "Solde", Due.AT_DELIVERY, share=70)


@pytest.fixture
def shop(tenant: Any, tenant_client: Any, sandbox_process: SandboxProcess, settings: Any) -> Shop:
    return open_shop(tenant, tenant_client, sandbox_process, settings)


def ordered(shop: Shop, *, shares: tuple[int, ...] = (100,), items: int = 1) -> Charge:
    """A charge of 120,00 euros an item, 30 % at once."""
    return open_charge(
        reference="D-1",
        buyer=shop.buyer,
        items=[
            item(shop.seller, line("100.00"), key=f"D-1-{number}", commission=FIVE_PERCENT, shares=shares)
            for number in range(1, items + 1)
        ],
        expires_at=timezone.now() + timedelta(hours=1),
        instalments=[DEPOSIT, BALANCE],
    )


def pay_next(shop: Shop, charge: Charge) -> Payment:
    charge.refresh_from_db()
    payment = shop.start(charge)
    shop.pay(payment)
    shop.post_new_events()
    payment.refresh_from_db()
    return payment


def deliver(charge: Charge) -> None:
    call_instalments(charge=lock_charge(charge_id=charge.pk), due=Due.AT_DELIVERY)


def states(charge: Charge) -> list[str]:
    charge.refresh_from_db()
    return [charge.state, *charge.instalments.order_by("position").values_list("state", flat=True)]


def told(charge: Charge) -> list[str]:
    return list(ChargeEvent.objects.filter(charge=charge).order_by("id").values_list("kind", flat=True))


def test_deposit_then_balance_then_release(shop: Shop) -> None:
    open_payout_account(party=shop.seller)
    charge = ordered(shop)
    assert states(charge) == ["awaiting_payment", "due", "pending"]
    first = pay_next(shop, charge)
    assert (first.amount_cents, first.instalment.key) == (3_600, "deposit")
    assert states(charge) == ["part_paid", "paid", "pending"]
    assert told(charge) == [INSTALMENT_PAID]
    assert balances()["467100"] == -3_600
    assert_ledger_is_clean()
    # Nothing is due before the delivery, and nothing leaves before all is paid.
    with pytest.raises(ChargeNotPayable):
        shop.start(charge)
    with pytest.raises(BalanceOpen):
        release(item_key="D-1-1", release_key="step-1")
    deliver(charge)
    deliver(charge)
    second = pay_next(shop, charge)
    assert (second.amount_cents, second.instalment.key) == (8_400, "balance")
    assert states(charge) == ["paid", "paid", "paid"]
    assert told(charge) == [INSTALMENT_PAID, INSTALMENT_PAID, CHARGE_PAID]
    release(item_key="D-1-1", release_key="step-1")
    shop.work()
    legs = PayoutLeg.objects.order_by("pk")
    # Two transfers, each out of the payment that holds it; the gateway would refuse another division.
    assert [(leg.source_id, leg.amount_cents, leg.state) for leg in legs] == [
        (first.pk, 3_600, "sent"),
        (second.pk, 7_800, "sent"),
    ]
    assert legs[0].payout.state == "sent"
    assert_ledger_is_clean()
    assert [*check_gateway_balance()] == []


def test_refunds_after_release_take_the_newest_payment_first(shop: Shop) -> None:
    open_payout_account(party=shop.seller)
    charge = ordered(shop)
    first = pay_next(shop, charge)
    deliver(charge)
    second = pay_next(shop, charge)
    release(item_key="D-1-1", release_key="step-1")
    shop.work()
    refund_released(
        item_key="D-1-1", release_key="step-1", amount_cents=10_000, bearer="provider", reason="Retard"
    )
    shop.work()
    shop.post_new_events()
    assert list(Refund.objects.order_by("pk").values_list("payment", "amount_cents", "state")) == [
        (second.pk, 8_400, "done"),
        (first.pk, 1_600, "done"),
    ]
    assert_ledger_is_clean()
    assert [*check_gateway_balance()] == []


def test_cancelled_before_the_balance_only_the_deposit_goes_back(shop: Shop) -> None:
    charge = ordered(shop)
    deposit = pay_next(shop, charge)
    deliver(charge)
    page = shop.start(charge)
    refund_items(item_keys=["D-1-1"], bearer="provider", reason="cancelled")
    assert states(charge) == ["paid", "paid", "cancelled"]
    shop.work()
    shop.post_new_events()
    refund = Refund.objects.get()
    assert (refund.payment, refund.amount_cents, refund.state) == (deposit, 3_600, "done")
    page.refresh_from_db()
    assert page.state == "expired"
    assert ChargeEvent.objects.get(kind="charge_refunded").payload["amount_cents"] == 3_600
    assert_ledger_is_clean()


def test_one_of_two_items_given_back_shrinks_the_balance(shop: Shop) -> None:
    charge = ordered(shop, items=2)
    pay_next(shop, charge)
    deliver(charge)
    stale = shop.start(charge)
    assert refund_items(item_keys=["D-1-1"], bearer="provider", reason="declined") == []
    assert states(charge) == ["part_paid", "paid", "due"]
    assert ChargeInstalment.objects.get(key="balance").amount_cents == 4_800
    assert_ledger_is_clean()
    shop.work()
    stale.refresh_from_db()
    assert stale.state == "expired"
    assert pay_next(shop, charge).amount_cents == 4_800
    assert states(charge) == ["paid", "paid", "paid"]
    release(item_key="D-1-2", release_key="step-1")
    assert_ledger_is_clean()


def test_a_page_paid_for_another_amount_is_given_back(shop: Shop) -> None:
    charge = ordered(shop, items=2)
    pay_next(shop, charge)
    deliver(charge)
    stale = shop.start(charge)
    shop.pay(stale)
    refund_items(item_keys=["D-1-1"], bearer="provider", reason="declined")
    shop.post_new_events()
    shop.work()
    shop.post_new_events()
    stale.refresh_from_db()
    assert (stale.state, stale.problem) == ("returned", "instalment_changed")
    assert states(charge) == ["part_paid", "paid", "due"]
    assert_ledger_is_clean()


def test_a_deposit_that_comes_late_revives_the_order(shop: Shop) -> None:
    charge = ordered(shop)
    payment = shop.start(charge)
    shop.pay(payment)
    Charge.objects.filter(pk=charge.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    # The gateway is asked before anything lapses: what is paid there wins.
    expire_charge(charge_id=charge.pk)
    assert states(charge) == ["part_paid", "paid", "pending"]
    expire_charge(charge_id=charge.pk)
    assert states(charge) == ["part_paid", "paid", "pending"]
    assert_ledger_is_clean()


def test_a_deposit_told_after_the_lapse_revives_it_too(shop: Shop) -> None:
    charge = ordered(shop)
    payment = shop.start(charge)
    shop.pay(payment)
    lapse_charge(charge=lock_charge(charge_id=charge.pk))
    assert states(charge) == ["lapsed", "lapsed", "pending"]
    shop.post_new_events()
    assert states(charge) == ["part_paid", "paid", "pending"]
    event = ChargeEvent.objects.get(kind=INSTALMENT_PAID)
    assert (event.payload["is_first"], event.payload["was_lapsed"]) == (True, True)
    assert_ledger_is_clean()


def test_unpaid_it_lapses_and_cancelled_it_ends(shop: Shop) -> None:
    charge = ordered(shop)
    Charge.objects.filter(pk=charge.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    expire_charge(charge_id=charge.pk)
    assert states(charge) == ["lapsed", "lapsed", "pending"]
    assert due_now(charge) is None
    Charge.objects.filter(pk=charge.pk).update(state="awaiting_payment")
    charge.instalments.filter(state="lapsed").update(state="due")
    cancel_charge(reference="D-1", reason="test")
    assert states(charge) == ["cancelled", "cancelled", "cancelled"]
    assert_ledger_is_clean()


def test_instalments_must_pay_the_charge(shop: Shop) -> None:
    def opened(*instalments: InstalmentInput) -> Charge:
        return open_charge(
            reference=f"D-{Charge.objects.count()}",
            buyer=shop.buyer,
            items=[item(shop.seller, key=f"D-{Charge.objects.count()}")],
            instalments=instalments,
        )

    late = InstalmentInput("late", "Solde", Due.AT_DELIVERY)
    for wrong in (
        [late, BALANCE],
        [DEPOSIT, InstalmentInput("tiny", "Solde", Due.AT_DELIVERY, amount_cents=49)],
        [
            InstalmentInput("one", "Acompte", Due.AT_OPENING, amount_cents=5_000),
            InstalmentInput("two", "Solde", Due.AT_DELIVERY, amount_cents=6_999),
        ],
        [
            InstalmentInput("one", "Acompte", Due.AT_OPENING, amount_cents=49),
            InstalmentInput("two", "Solde", Due.AT_DELIVERY, amount_cents=11_951),
        ],
    ):
        with pytest.raises(InstalmentsDiffer):
            opened(*wrong)
    assert not ChargeInstalment.objects.filter(charge=opened(DEPOSIT)).exists()
    assert opened().state == "awaiting_payment"

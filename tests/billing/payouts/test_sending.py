"""Sending legs through a real sandbox gateway: once, whatever is lost on the way."""

from __future__ import annotations

from typing import Any

import pytest

from billing.ledger.accounts import AccountCode
from billing.ledger.queries import balance
from billing.payments.gateways.base import OutcomeUnknown
from billing.payments.operations.apply import apply_payment
from billing.payouts.errors import AccountMustHaveEmail
from billing.payouts.models import PayoutAccount
from billing.payouts.operations import open_payout_account, retry_leg
from billing.payouts.queries import can_be_paid, money_of, stuck_legs
from billing.payouts.sending import send_leg
from kernel.lifecycle import TransitionRefused
from tests.billing.building import party
from tests.billing.payments.acting import Shop, assert_ledger_is_clean


def transfers(shop: Shop) -> list[dict[str, Any]]:
    return list(shop.api.get("transfers")["data"])


def test_an_approved_part_reaches_the_seller(shop: Shop, released: Any) -> None:
    open_payout_account(party=shop.seller)
    leg = released.legs.get()
    send_leg(leg_id=leg.pk)
    send_leg(leg_id=leg.pk)
    leg.refresh_from_db()
    released.refresh_from_db()
    assert (leg.state, released.state) == ("sent", "sent")
    (transfer,) = transfers(shop)
    assert transfer["id"] == leg.gateway_transfer_id
    assert (transfer["amount"], transfer["currency"]) == (11400, "eur")
    payment = released.release.item.charge.payments.get()
    assert transfer["source_transaction"] == payment.gateway_charge_id
    assert balance(AccountCode.OWED_TO_PROVIDERS, shop.seller) == 0
    assert money_of(shop.seller).sent_cents == 11400
    assert_ledger_is_clean()


def test_the_task_sends_by_itself(shop: Shop, released: Any) -> None:
    open_payout_account(party=shop.seller)
    shop.work()
    assert len(transfers(shop)) == 1
    assert not stuck_legs().exists()


def test_without_an_account_the_leg_waits_and_leaves_when_it_opens(shop: Shop, released: Any) -> None:
    shop.work()
    (leg,) = stuck_legs()
    assert (leg.state, leg.reason_code) == ("blocked", "no_payout_account")
    assert not can_be_paid(shop.seller)
    assert transfers(shop) == []
    open_payout_account(party=shop.seller)
    assert can_be_paid(shop.seller)
    shop.work()
    assert len(transfers(shop)) == 1
    assert_ledger_is_clean()


def test_one_account_a_party(shop: Shop) -> None:
    first = open_payout_account(party=shop.seller)
    assert open_payout_account(party=shop.seller) == first
    # The identifier was lost: the same key brings the same account back.
    PayoutAccount.objects.update(state="opening", gateway_account_id="")
    assert open_payout_account(party=shop.seller).gateway_account_id == first.gateway_account_id
    with pytest.raises(AccountMustHaveEmail):
        open_payout_account(party=party(email=""))


def test_a_lost_answer_is_unknown_then_looked_up(shop: Shop, released: Any) -> None:
    open_payout_account(party=shop.seller)
    leg = released.legs.get()
    shop.api.knob("timeout_after_success", operation="transfers.create", times=1, hold_seconds=0)
    with pytest.raises(OutcomeUnknown):
        send_leg(leg_id=leg.pk)
    leg.refresh_from_db()
    assert (leg.state, leg.reason_code) == ("unknown", "outcome_unknown")
    assert balance(AccountCode.OWED_TO_PROVIDERS, shop.seller) == -11400
    with pytest.raises(TransitionRefused):
        retry_leg(leg_id=leg.pk)
    send_leg(leg_id=leg.pk)
    leg.refresh_from_db()
    assert (leg.state, leg.attempt) == ("sent", 1)
    assert len(transfers(shop)) == 1
    assert_ledger_is_clean()


def test_no_answer_at_all_is_unknown_then_sent(shop: Shop, released: Any, settings: Any) -> None:
    open_payout_account(party=shop.seller)
    leg = released.legs.get()
    reachable, settings.SANDBOX_URL = settings.SANDBOX_URL, "http://127.0.0.1:9"
    for _ in range(2):
        with pytest.raises(OutcomeUnknown):
            send_leg(leg_id=leg.pk)
    settings.SANDBOX_URL = reachable
    send_leg(leg_id=leg.pk)
    leg.refresh_from_db()
    assert leg.state == "sent"
    assert len(transfers(shop)) == 1


def charge_back(shop: Shop, payout: Any, *, lost: bool) -> None:
    """The buyer's bank takes the payment back, for good or not yet, and we hear of it before all else."""
    payment = payout.release.item.charge.payments.get()
    dispute = shop.api.post(f"test/charges/{payment.gateway_charge_id}/dispute")
    if lost:
        shop.api.post(f"test/disputes/{dispute['id']}/close", {"status": "lost"})
    apply_payment(payment_id=payment.pk)


@pytest.mark.parametrize("lost", [True, False])
def test_one_that_had_left_is_found_though_its_payment_was_taken_back(
    shop: Shop, released: Any, lost: bool
) -> None:
    open_payout_account(party=shop.seller)
    leg = released.legs.get()
    shop.api.knob("timeout_after_success", operation="transfers.create", times=1, hold_seconds=0)
    with pytest.raises(OutcomeUnknown):
        send_leg(leg_id=leg.pk)
    charge_back(shop, released, lost=lost)
    send_leg(leg_id=leg.pk)
    leg.refresh_from_db()
    assert leg.state == "sent"
    assert len(transfers(shop)) == 1
    assert_ledger_is_clean()


@pytest.mark.parametrize(("lost", "said"), [(True, "no_gateway_payment"), (False, "payment_disputed")])
def test_one_that_never_left_does_not_leave_once_its_payment_was_taken_back(
    shop: Shop, released: Any, settings: Any, lost: bool, said: str
) -> None:
    open_payout_account(party=shop.seller)
    leg = released.legs.get()
    reachable, settings.SANDBOX_URL = settings.SANDBOX_URL, "http://127.0.0.1:9"
    with pytest.raises(OutcomeUnknown):
        send_leg(leg_id=leg.pk)
    settings.SANDBOX_URL = reachable
    charge_back(shop, released, lost=lost)
    send_leg(leg_id=leg.pk)
    leg.refresh_from_db()
    assert (leg.state, leg.reason_code) == ("failed", said)
    assert list(stuck_legs()) == [leg]
    retry_leg(leg_id=leg.pk)
    send_leg(leg_id=leg.pk)
    assert transfers(shop) == []
    assert_ledger_is_clean()


def test_a_refusal_is_shown_and_tried_again_under_a_new_key(shop: Shop, released: Any) -> None:
    account = open_payout_account(party=shop.seller)
    leg = released.legs.get()
    shop.api.post(f"accounts/{account.gateway_account_id}", {"restricted": True})
    send_leg(leg_id=leg.pk)
    leg.refresh_from_db()
    released.refresh_from_db()
    assert (leg.state, released.state) == ("failed", "failed")
    assert leg.reason_code == "insufficient_capabilities_for_transfer"
    first_key = leg.idempotency_key
    assert money_of(shop.seller).available_cents == 11400
    shop.api.post(f"accounts/{account.gateway_account_id}", {"restricted": False})
    retry_leg(leg_id=leg.pk)
    shop.work()
    leg.refresh_from_db()
    released.refresh_from_db()
    assert (leg.state, released.state) == ("sent", "sent")
    assert leg.idempotency_key != first_key
    assert len(transfers(shop)) == 1
    assert_ledger_is_clean()

"""Refunds: one row an attempt, the debt booked at once, pending ones counted, failed ones visible."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from billing.charges.models import ChargeEvent, ChargeItem
from billing.payments.errors import NothingToRefund, RefundNotRetryable
from billing.payments.models import Refund
from billing.payments.operations.refunds import (
    apply_refund,
    refund_items,
    remaining_cents,
    retry_refund,
    send_refund,
)
from billing.payments.queries import refunds_to_look_at
from tests.billing.payments.acting import Shop, assert_ledger_is_clean, balances


@pytest.fixture
def paid(shop: Shop) -> Any:
    """A paid charge of one item in two steps of 72,00 and 48,00 euros."""
    charge = shop.charge(shares=(60, 40))
    shop.pay(shop.start(charge))
    shop.post_new_events()
    charge.refresh_from_db()
    assert charge.state == "paid"
    return charge


def refund_all(reason: str = "declined") -> Refund:
    return refund_items(item_keys=["C-1-line"], bearer="operator", reason=reason)[0]


def test_all_that_is_held_goes_back(shop: Shop, paid: Any) -> None:
    refund = refund_all()
    assert (refund.state, refund.amount_cents) == ("requested", 12_000)
    assert balances()["467900"] == -12_000
    assert ChargeItem.objects.get().refunded_cents == 12_000
    assert ChargeEvent.objects.filter(kind="charge_refunded").count() == 1
    assert remaining_cents(refund.payment) == 0
    shop.work()
    refund.refresh_from_db()
    assert refund.state == "done"
    assert balances() == {"517000": -193, "627800": 193}
    assert len(shop.api.get("refunds")["data"]) == 1
    with pytest.raises(NothingToRefund):
        refund_all()
    assert_ledger_is_clean()


def test_one_step_goes_back(shop: Shop, paid: Any) -> None:
    refund = refund_items(
        item_keys=["C-1-line"], release_key="step-2", bearer="provider", reason="cancelled"
    )[0]
    shop.work()
    assert refund.amount_cents == 4_800
    assert balances()["467100"] == -7_200
    assert remaining_cents(refund.payment) == 7_200
    assert_ledger_is_clean()


def test_nothing_goes_back_before_it_was_paid(shop: Shop) -> None:
    shop.charge()
    with pytest.raises(NothingToRefund):
        refund_all()
    with pytest.raises(NothingToRefund):
        refund_items(item_keys=["unknown"], bearer="operator", reason="x")


def test_a_lost_answer_does_not_refund_twice(shop: Shop, paid: Any) -> None:
    shop.api.knob("timeout_after_success", operation="refunds.create", times=1, hold_seconds=0)
    refund = refund_all()
    shop.work()
    refund.refresh_from_db()
    assert refund.state == "requested"
    assert send_refund(refund_id=refund.pk).state == "done"
    assert len(shop.api.get("refunds")["data"]) == 1
    assert_ledger_is_clean()


def test_after_a_day_the_gateway_is_asked_before_a_refund_is_sent_again(shop: Shop, paid: Any) -> None:
    shop.api.knob("timeout_after_success", operation="refunds.create", times=1, hold_seconds=0)
    refund = refund_all()
    shop.work()
    Refund.objects.update(
        requested_at=timezone.now() - timedelta(hours=25), idempotency_key="forgotten by the gateway"
    )
    assert send_refund(refund_id=refund.pk).state == "done"
    assert len(shop.api.get("refunds")["data"]) == 1


def test_a_pending_refund_ends_by_its_event(shop: Shop, paid: Any) -> None:
    shop.api.knob("refunds", mode="pending", times=1)
    refund = refund_all()
    shop.work()
    refund.refresh_from_db()
    assert refund.state == "pending"
    assert balances()["467900"] == -12_000
    shop.api.post(f"test/refunds/{refund.gateway_refund_id}/settle", {"status": "succeeded"})
    shop.post_new_events()
    refund.refresh_from_db()
    assert refund.state == "done"
    assert_ledger_is_clean()


def test_a_failed_refund_stays_due_and_is_tried_again(shop: Shop, paid: Any) -> None:
    shop.api.knob("refunds", mode="failed", times=1)
    failed = refund_all()
    shop.work()
    failed.refresh_from_db()
    assert (failed.state, failed.failure_code) == ("failed", "expired_or_canceled_card")
    assert list(refunds_to_look_at(timezone.now())) == [failed]
    assert balances()["467900"] == -12_000
    assert remaining_cents(failed.payment) == 0
    second = retry_refund(refund_id=failed.pk)
    with pytest.raises(RefundNotRetryable):
        retry_refund(refund_id=failed.pk)
    assert second.idempotency_key != failed.idempotency_key
    shop.work()
    second.refresh_from_db()
    assert second.state == "done"
    assert list(refunds_to_look_at(timezone.now())) == []
    assert "467900" not in balances()
    assert_ledger_is_clean()


def test_a_pending_refund_that_fails_is_due_again(shop: Shop, paid: Any) -> None:
    shop.api.knob("refunds", mode="pending", times=1)
    refund = refund_all()
    shop.work()
    refund.refresh_from_db()
    shop.api.post(f"test/refunds/{refund.gateway_refund_id}/settle", {"status": "failed"})
    shop.post_new_events()
    apply_refund(refund_id=refund.pk)
    refund.refresh_from_db()
    assert refund.state == "failed"
    with pytest.raises(RefundNotRetryable):
        retry_refund(refund_id=retry_refund(refund_id=refund.pk).pk)
    shop.work()
    assert balances() == {"517000": -193, "627800": 193}
    assert_ledger_is_clean()


def test_a_gateway_that_is_down_leaves_the_refund_waiting(shop: Shop, paid: Any, settings: Any) -> None:
    from kernel.outbox.models import OutboxTask

    refund = refund_all()
    address, settings.SANDBOX_URL = settings.SANDBOX_URL, "http://127.0.0.1:9"
    shop.work()
    refund.refresh_from_db()
    assert refund.state == "requested"
    settings.SANDBOX_URL = address
    OutboxTask.objects.filter(name="payments.send_refund", done_at=None).update(due_at=timezone.now())
    shop.work()
    refund.refresh_from_db()
    assert refund.state == "done"

"""The reconciler: what never came is read from the gateway's list, and silent rows are asked about."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from billing.payments.models import GatewayAccount, GatewayDelivery, GatewayDispute, Payment, Refund
from billing.payments.operations import reconcile
from billing.payments.operations.refunds import refund_items
from kernel.outbox.models import OutboxTask
from tests.billing.payments.acting import Shop, assert_ledger_is_clean


def later(shop: Shop, monkeypatch: Any, minutes: int = 3) -> reconcile.Repaired:
    """Reconcile some minutes from now."""
    now = timezone.now() + timedelta(minutes=minutes)
    with monkeypatch.context() as patch:
        patch.setattr(reconcile, "timezone", SimpleNamespace(now=lambda: now))
        repaired = reconcile.reconcile()
    shop.work()
    return repaired


def test_a_dispute_whose_events_never_came_is_found(shop: Shop, monkeypatch: Any) -> None:
    shop.pay(shop.start(shop.charge()))
    shop.post_new_events()
    charge = shop.api.get("charges")["data"][0]["id"]
    shop.api.post(f"test/charges/{charge}/dispute")
    assert later(shop, monkeypatch).events == 2
    assert GatewayDispute.objects.get().state == "open"
    assert GatewayDelivery.objects.filter(signature="").count() == 2
    assert later(shop, monkeypatch).events == 0
    # The gateway may still post them.
    shop.post_new_events()
    assert GatewayDispute.objects.count() == 1
    assert_ledger_is_clean()


def test_a_payment_whose_events_never_came_is_found(shop: Shop, monkeypatch: Any) -> None:
    charge = shop.charge()
    shop.pay(shop.start(charge))
    assert later(shop, monkeypatch).events == 3
    charge.refresh_from_db()
    assert charge.state == "paid"
    assert GatewayAccount.objects.get(active=True).events_read_until is not None


def test_what_was_created_a_moment_ago_is_left_to_the_webhook(shop: Shop) -> None:
    shop.pay(shop.start(shop.charge()))
    assert reconcile.reconcile().events == 0


def test_silent_rows_are_asked_about(shop: Shop, monkeypatch: Any) -> None:
    """Their own tasks are dead; only what is due is taken."""
    young = shop.start(shop.charge("C-2"))
    charge = shop.charge()
    payment = shop.start(charge)
    shop.api.knob("webhooks", mode="dropped")
    shop.pay(payment)
    OutboxTask.objects.filter(name="payments.reconcile_payment").delete()
    old = timezone.now() - timedelta(hours=3)
    Payment.objects.filter(pk=payment.pk).update(created_at=old, checked_at=old)
    GatewayAccount.objects.update(events_read_until=timezone.now() + timedelta(hours=1))
    before = Payment.objects.get(pk=young.pk).checked_at
    repaired = reconcile.reconcile()
    assert (repaired.events, repaired.payments, repaired.refunds) == (0, 1, 0)
    shop.work()
    charge.refresh_from_db()
    assert charge.state == "paid"
    assert Payment.objects.get(pk=young.pk).checked_at == before
    assert_ledger_is_clean()


def test_a_silent_refund_is_asked_about(shop: Shop) -> None:
    shop.pay(shop.start(shop.charge()))
    shop.post_new_events()
    refund = refund_items(item_keys=["C-1-line"], bearer="operator", reason="test")[0]
    OutboxTask.objects.filter(name="payments.send_refund").delete()
    Refund.objects.update(requested_at=timezone.now() - timedelta(hours=30))
    assert reconcile.reconcile().refunds == 1
    shop.work()
    refund.refresh_from_db()
    assert refund.state == "done"


def test_statements_do_not_grow_with_rows(shop: Shop, monkeypatch: Any) -> None:
    counts = []
    for number in range(3):
        for each in range(1 + 2 * number):
            shop.pay(shop.start(shop.charge(f"C-{number}-{each}")))
        now = timezone.now() + timedelta(minutes=3)
        with monkeypatch.context() as patch, CaptureQueriesContext(connection) as captured:
            patch.setattr(reconcile, "timezone", SimpleNamespace(now=lambda now=now: now))
            assert reconcile.reconcile().events == 3 * (1 + 2 * number)
        counts.append(len(captured))
    assert counts[0] == counts[2]


def test_the_scheduler_asks_each_tenant_once(shop: Shop) -> None:
    from billing.payments.tasks import reconcile_all

    connection.set_schema_to_public()
    reconcile_all()
    reconcile_all()
    connection.set_tenant(shop.tenant)
    assert OutboxTask.objects.filter(name="payments.reconcile", done_at=None).count() == 1

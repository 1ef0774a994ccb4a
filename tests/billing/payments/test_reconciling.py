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


def listed(shop: Shop) -> set[str]:
    return {event["id"] for event in shop.events()}


def stored() -> set[str]:
    return set(GatewayDelivery.objects.values_list("event_id", flat=True))


def small_pages(monkeypatch: Any, *, page: int = 2, most: int = 4) -> None:
    monkeypatch.setattr(reconcile, "PAGE", page)
    monkeypatch.setattr(reconcile, "MOST_EVENTS", most)


def test_a_list_longer_than_a_round_is_read_to_its_end(shop: Shop, monkeypatch: Any) -> None:
    """Round by round towards the oldest; what happens meanwhile is read after it."""
    for number in range(3):
        shop.pay(shop.start(shop.charge(f"C-{number}")))
    everything = listed(shop)
    assert len(everything) == 9
    small_pages(monkeypatch)
    assert later(shop, monkeypatch).events == 4
    account = GatewayAccount.objects.get(active=True)
    assert account.events_cursor
    assert account.events_read_until is None
    # Two more events at the head of the list; the pass goes on behind its place.
    shop.api.post(f"test/charges/{shop.api.get('charges')['data'][0]['id']}/dispute")
    assert [later(shop, monkeypatch).events for _ in range(2)] == [4, 1]
    assert stored() == everything
    account.refresh_from_db()
    assert account.events_cursor == ""
    assert account.events_read_until is not None
    assert Payment.objects.filter(state="succeeded").count() == 3
    rounds = [later(shop, monkeypatch).events for _ in range(4)]
    assert sum(rounds) == 2
    assert stored() == listed(shop)
    assert_ledger_is_clean()


def test_a_place_that_the_gateway_forgot_is_read_over_again(shop: Shop, monkeypatch: Any) -> None:
    shop.pay(shop.start(shop.charge()))
    small_pages(monkeypatch, page=1, most=1)
    assert later(shop, monkeypatch).events == 1
    GatewayAccount.objects.update(events_cursor="evt_gone")
    assert later(shop, monkeypatch).events == 0
    assert GatewayAccount.objects.get(active=True).events_cursor == ""
    small_pages(monkeypatch)
    assert later(shop, monkeypatch).events == 2
    assert stored() == listed(shop)


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

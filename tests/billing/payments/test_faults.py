"""Processes killed at every fault point of payments: nothing lost, nothing doubled, the next run ends it."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from billing.payments import faults
from billing.payments.models import GatewayAccount, GatewayDelivery, GatewayDispute, Payment, Refund
from billing.payments.operations.refunds import refund_items
from billing.payments.secrets import unseal
from tests.billing.payments.act import in_another_process
from tests.billing.payments.acting import Shop, assert_ledger_is_clean, balances
from tests.billing.sandbox.receiving import signature_of


def kill_then_finish(
    shop: Shop, point: str, verb: str, argument: object, folder: Path, **environment: str
) -> None:
    """Do it in a process that is killed at `point`, then again in one that is not."""
    trigger = folder / "faults" / point
    trigger.parent.mkdir(parents=True)
    trigger.touch()
    for expected in (-9, 0):
        done = in_another_process(
            shop.tenant.schema_name,
            verb,
            argument,
            sandbox_url=settings.SANDBOX_URL,
            state=folder,
            **environment,
        )
        assert done.returncode == expected, done.stderr
        assert not trigger.exists()


@pytest.mark.parametrize("point", [faults.PAYMENT_SAVED, faults.PAYMENT_OPENED, faults.SESSION_APPLIED])
def test_killed_while_starting(own_shop: Shop, tmp_path: Path, point: str) -> None:
    charge = own_shop.charge()
    kill_then_finish(own_shop, point, "start", charge.pk, tmp_path)
    payment = Payment.objects.get()
    assert payment.state == "pending"
    assert len(own_shop.api.get("checkout/sessions")["data"]) == 1
    own_shop.pay(payment)
    own_shop.post_new_events()
    assert_paid(charge)


@pytest.mark.parametrize("point", [faults.SESSION_FETCHED, faults.SESSION_APPLIED])
def test_killed_while_applying(own_shop: Shop, tmp_path: Path, point: str) -> None:
    charge = own_shop.charge()
    payment = own_shop.start(charge)
    own_shop.pay(payment)
    kill_then_finish(own_shop, point, "apply", payment.pk, tmp_path)
    assert_paid(charge)


def test_killed_after_storing_an_event(own_shop: Shop, tmp_path: Path) -> None:
    charge = own_shop.charge()
    own_shop.pay(own_shop.start(charge))
    event = next(event for event in own_shop.events() if event["type"] == "checkout.session.completed")
    body = json.dumps(event).encode()
    at = str(int(time.time()))
    signature = signature_of(unseal(own_shop.account.webhook_secret_sealed), at, body)
    posting = tmp_path / "posting"
    posting.write_bytes(
        b"\n".join((own_shop.account.endpoint_id.encode(), f"t={at},v1={signature}".encode(), body))
    )
    kill_then_finish(own_shop, faults.DELIVERY_STORED, "receive", posting, tmp_path)
    assert GatewayDelivery.objects.get().repeats == 1
    own_shop.work()
    assert_paid(charge)


def test_killed_while_lapsing(own_shop: Shop, tmp_path: Path) -> None:
    charge = own_shop.charge()
    payment = own_shop.start(charge)
    charge.expires_at = timezone.now() - timedelta(seconds=1)
    charge.save()
    kill_then_finish(own_shop, faults.SESSION_EXPIRED, "expire", charge.pk, tmp_path)
    charge.refresh_from_db()
    payment.refresh_from_db()
    assert (charge.state, payment.state) == ("lapsed", "expired")


@pytest.mark.parametrize(
    ("point", "verb"),
    [
        (faults.REFUND_SAVED, "refund"),
        (faults.REFUND_CALLED, "refund"),
        (faults.REFUND_FETCHED, "fetch_refund"),
    ],
)
def test_killed_while_refunding(own_shop: Shop, tmp_path: Path, point: str, verb: str) -> None:
    charge = own_shop.charge()
    own_shop.pay(own_shop.start(charge))
    own_shop.post_new_events()
    if verb == "fetch_refund":
        own_shop.api.knob("refunds", mode="pending", times=1)
    refund = refund_items(item_keys=["C-1-line"], bearer="operator", reason="test")[0]
    if verb == "fetch_refund":
        own_shop.work()
        refund.refresh_from_db()
        own_shop.api.post(f"test/refunds/{refund.gateway_refund_id}/settle", {"status": "succeeded"})
    kill_then_finish(own_shop, point, verb, refund.pk, tmp_path)
    assert Refund.objects.get().state == "done"
    assert len(own_shop.api.get("refunds")["data"]) == 1
    assert "467900" not in balances()
    assert_ledger_is_clean()


def test_killed_while_looking_up_what_an_old_attempt_left(own_shop: Shop, tmp_path: Path) -> None:
    """The keys are forgotten at the gateway: whoever repeats looks first."""
    charge = own_shop.charge()
    payment = own_shop.start(charge)
    session, long_ago = payment.session_id, timezone.now() - timedelta(hours=25)
    Payment.objects.update(session_id="", intent_id="", hosted_url="", state="unknown", created_at=long_ago)
    own_shop.api.post("test/idempotency/forget")
    kill_then_finish(own_shop, faults.SESSION_LOOKED_UP, "start", charge.pk, tmp_path / "page")
    payment.refresh_from_db()
    assert payment.session_id == session
    own_shop.pay(payment)
    own_shop.post_new_events()
    own_shop.api.knob("timeout_after_success", operation="refunds.create", times=1)
    refund = refund_items(item_keys=["C-1-line"], bearer="operator", reason="test")[0]
    own_shop.work()
    assert Refund.objects.get().state == "requested"
    Refund.objects.update(requested_at=long_ago)
    own_shop.api.post("test/idempotency/forget")
    kill_then_finish(own_shop, faults.REFUND_LOOKED_UP, "refund", refund.pk, tmp_path / "refund")
    assert Refund.objects.get().state == "done"
    assert len(own_shop.api.get("refunds")["data"]) == 1
    assert_ledger_is_clean()


@pytest.mark.parametrize("point", [faults.DISPUTES_FETCHED, faults.DISPUTE_APPLIED])
def test_killed_while_hearing_of_a_dispute(own_shop: Shop, tmp_path: Path, point: str) -> None:
    payment = own_shop.start(own_shop.charge())
    own_shop.pay(payment)
    own_shop.post_new_events()
    own_shop.api.post(f"test/charges/{own_shop.api.get('charges')['data'][0]['id']}/dispute")
    kill_then_finish(own_shop, point, "apply", payment.pk, tmp_path)
    assert GatewayDispute.objects.get().state == "open"
    assert balances()["467400"] == 12_000
    assert_ledger_is_clean()


def test_killed_while_hearing_of_a_refund_by_hand(own_shop: Shop, tmp_path: Path) -> None:
    payment = own_shop.start(own_shop.charge())
    own_shop.pay(payment)
    own_shop.post_new_events()
    own_shop.api.post(f"test/charges/{own_shop.api.get('charges')['data'][0]['id']}/refund")
    kill_then_finish(own_shop, faults.REFUNDS_FETCHED, "apply", payment.pk, tmp_path)
    assert Refund.objects.get().origin == "gateway"
    assert_ledger_is_clean()


@pytest.mark.parametrize("point", [faults.EVENTS_LISTED, faults.EVENTS_STORED])
def test_killed_while_reconciling(own_shop: Shop, tmp_path: Path, point: str) -> None:
    """The page that was read may be read again; none is passed over."""
    for number in range(2):
        own_shop.pay(own_shop.start(own_shop.charge(f"C-{number}")))
    GatewayAccount.objects.update(created_at=timezone.now() - timedelta(days=1))
    kill_then_finish(own_shop, point, "reconcile_by_twos", "-", tmp_path)
    listed = {event["id"] for event in own_shop.events()}
    assert len(listed) == 6
    assert set(GatewayDelivery.objects.values_list("event_id", flat=True)) == listed
    account = GatewayAccount.objects.get()
    assert (account.events_cursor, account.events_pass_began_at) == ("", None)
    own_shop.work()
    assert set(Payment.objects.values_list("state", flat=True)) == {"succeeded"}
    assert_ledger_is_clean()


@pytest.mark.parametrize("point", [faults.ACCOUNT_SAVED, faults.ACCOUNT_OPENED, faults.ENDPOINT_OPENED])
def test_killed_while_opening_the_account(own_shop: Shop, tmp_path: Path, point: str) -> None:
    """One account and one webhook address in the end: the keys were saved before the calls."""
    GatewayAccount.objects.all().delete()
    schema = own_shop.tenant.schema_name
    environment = {"SANDBOX_ADMIN_KEY": settings.SANDBOX_ADMIN_KEY}
    kill_then_finish(own_shop, point, "connect", schema, tmp_path, **environment)
    account = GatewayAccount.objects.get()
    assert account.active
    endpoints = own_shop.api.http.get(
        "webhook_endpoints",
        headers={"Authorization": f"Bearer {unseal(account.secret_key_sealed)}"},
    ).json()["data"]
    assert [endpoint["id"] for endpoint in endpoints] == [account.gateway_endpoint_id]


def assert_paid(charge: Any) -> None:
    """Paid once, booked once, told once."""
    charge.refresh_from_db()
    assert charge.state == "paid"
    assert [event.kind for event in charge.events.all()] == ["charge_paid"]
    assert balances()["467100"] == -charge.to_pay_cents
    assert_ledger_is_clean()

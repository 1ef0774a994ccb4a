"""The webhook: raw bytes verified, stored first, unique by event, and believed in nothing but a hint."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from billing.payments.models import GatewayDelivery, Payment
from billing.payments.operations.accounts import connect_sandbox
from billing.payments.operations.deliveries import apply_delivery
from billing.payments.secrets import unseal
from tests.billing.payments.acting import Shop, assert_ledger_is_clean
from tests.billing.sandbox.receiving import signature_of


def paid_event(shop: Shop) -> dict[str, Any]:
    """The event that tells of a paid page."""
    shop.pay(shop.start(shop.charge()))
    return next(event for event in shop.events() if event["type"] == "checkout.session.completed")


def state() -> tuple[int, str, int]:
    """Stored events, the payment's state, refused postings."""
    from billing.payments.models import GatewayAccount

    account = GatewayAccount.objects.get(active=True)
    return GatewayDelivery.objects.count(), Payment.objects.get().state, account.bad_signatures


def test_an_event_is_stored_then_applied_by_a_task(shop: Shop) -> None:
    event = paid_event(shop)
    body = json.dumps(event, indent=3).encode()
    assert shop.post_body(body).status_code == 200
    delivery = GatewayDelivery.objects.get()
    assert bytes(delivery.body) == body
    assert (delivery.state, state()[1]) == ("stored", "pending")
    shop.work()
    delivery.refresh_from_db()
    assert (delivery.state, state()[1]) == ("applied", "succeeded")


def test_the_same_event_twice_is_stored_once(shop: Shop) -> None:
    event = paid_event(shop)
    for _ in range(3):
        assert shop.post_event(event).status_code == 200
    shop.work()
    assert shop.post_event(event).status_code == 200
    shop.work()
    assert GatewayDelivery.objects.get().repeats == 3
    assert_ledger_is_clean()


@pytest.mark.parametrize(
    "posting",
    [
        {"secret": "whsec_another"},
        {"age": 301},
        {"age": -31},
        {"header": "v1=00"},
        {"header": "t=1"},
        {"header": "t=abc,v1=00"},
        {"header": "t=²,v1=00"},
        {"header": "t=1,t=2,v1=00"},
        {"header": "x" * 600},
    ],
)
def test_a_bad_signature_stores_nothing(shop: Shop, posting: dict[str, Any]) -> None:
    event = paid_event(shop)
    header = posting.get("header", "").encode().decode("latin-1")
    answer = shop.post_event(event, **{**posting, **({"header": header} if header else {})})
    assert answer.status_code == 400
    assert state() == (0, "pending", 1)


@pytest.mark.parametrize("age", [299, -29])
def test_a_clock_a_little_off_is_believed(shop: Shop, age: int) -> None:
    assert shop.post_event(paid_event(shop), age=age).status_code == 200


def test_one_of_several_signatures_is_enough_while_a_secret_is_rolled(shop: Shop) -> None:
    body = json.dumps(paid_event(shop)).encode()
    at = str(int(time.time()))
    good = signature_of(unseal(shop.account.webhook_secret_sealed), at, body)
    assert shop.post_body(body, header=f"t={at},v1={'0' * 64},v1={good},v0=x").status_code == 200


def test_a_changed_byte_is_refused(shop: Shop) -> None:
    body = json.dumps(paid_event(shop)).encode()
    at = str(int(time.time()))
    good = signature_of(unseal(shop.account.webhook_secret_sealed), at, body)
    assert shop.post_body(body.replace(b"paid", b"pAid"), header=f"t={at},v1={good}").status_code == 400


def test_an_unknown_address_is_not_there(shop: Shop) -> None:
    assert shop.post_event(paid_event(shop), endpoint="unknown").status_code == 404
    assert shop.client.get(f"/webhooks/passerelle/{shop.account.endpoint_id}/").status_code == 405


def test_an_endpoint_answers_at_its_own_tenant_only(shop: Shop, other_tenant: Any, client_for: Any) -> None:
    event = paid_event(shop)
    shop.client = client_for(other_tenant)
    assert shop.post_event(event).status_code == 404


def test_an_event_of_another_account_is_refused(shop: Shop) -> None:
    event = paid_event(shop)
    assert shop.post_event({**event, "account": "acct_other"}).status_code == 400
    assert shop.post_event({**event, "livemode": True}).status_code == 400
    assert shop.post_body(b'{"id": "evt_1"}').status_code == 400
    assert shop.post_body(b"[]").status_code == 400
    assert state() == (0, "pending", 4)


def test_the_body_is_only_a_hint(shop: Shop) -> None:
    payment = shop.start(shop.charge())
    forged = {
        "id": "evt_forged",
        "type": "checkout.session.completed",
        "livemode": False,
        "data": {"object": {"id": payment.session_id, "payment_status": "paid", "amount_total": 12_000}},
    }
    assert shop.post_event(forged).status_code == 200
    shop.work()
    assert state()[1] == "pending"


def test_a_body_too_long_is_refused(shop: Shop) -> None:
    assert shop.post_body(b" " * (512 * 1024 + 1)).status_code == 413


def test_an_event_before_our_commit_is_tried_again(shop: Shop) -> None:
    payment = shop.start(shop.charge())
    shop.pay(payment)
    session_id = payment.session_id
    # As if the answer of the gateway were not stored yet: only our metadata lead to the payment.
    Payment.objects.update(session_id="", intent_id="", state="created", hosted_url="")
    shop.post_new_events()
    payment.refresh_from_db()
    assert (payment.state, payment.session_id) == ("succeeded", session_id)
    assert_ledger_is_clean()


def test_an_event_that_names_nothing_of_ours_is_kept_and_shown(shop: Shop) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from billing.payments.errors import DeliveryUnmatched
    from billing.payments.queries import deliveries_to_look_at

    shop.api.pay(shop.api.open_session(key="by hand")["id"])
    for event in shop.events():
        assert shop.post_event(event).status_code == 200
    shop.work()
    assert set(GatewayDelivery.objects.values_list("state", flat=True)) == {"stored"}
    delivery = GatewayDelivery.objects.first()
    assert delivery is not None
    with pytest.raises(DeliveryUnmatched):
        apply_delivery(delivery_id=delivery.pk)
    GatewayDelivery.objects.update(received_at=timezone.now() - timedelta(minutes=11))
    assert apply_delivery(delivery_id=delivery.pk).state == "unmatched"
    assert delivery in deliveries_to_look_at(timezone.now())


def test_secrets_are_sealed_and_can_be_resealed(shop: Shop, settings: Any) -> None:
    from cryptography.fernet import Fernet

    from billing.payments.errors import SecretUnreadable
    from billing.payments.operations.accounts import reseal_secrets

    assert "sk_sandbox" not in shop.account.secret_key_sealed
    secret = unseal(shop.account.secret_key_sealed)
    old = settings.DATA_KEYS
    new = Fernet.generate_key().decode()
    settings.DATA_KEYS = (new, *old)
    assert reseal_secrets() >= 1
    settings.DATA_KEYS = (new,)
    shop.account.refresh_from_db()
    assert unseal(shop.account.secret_key_sealed) == secret
    settings.DATA_KEYS = old
    with pytest.raises(SecretUnreadable):
        unseal(shop.account.secret_key_sealed)


def test_connecting_again_changes_nothing(shop: Shop) -> None:
    assert connect_sandbox(shop.tenant) == shop.account

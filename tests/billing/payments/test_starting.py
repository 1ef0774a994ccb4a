"""Starting a payment: one open page, the charge's own amount, a key that is saved before the call."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from billing.charges.operations import cancel_charge
from billing.payments.errors import (
    ChargeNotPayable,
    GatewayMissing,
    GatewayRefused,
    GatewayUnavailable,
)
from billing.payments.models import Payment
from billing.payments.tasks import reconcile_payment
from tests.billing.payments.acting import Shop


def test_the_page_asks_for_what_the_charge_leaves_to_pay(shop: Shop) -> None:
    charge = shop.charge(price="1234.56")
    payment = shop.start(charge)
    session = shop.api.get(f"checkout/sessions/{payment.session_id}")
    assert payment.state == "pending"
    assert session["amount_total"] == charge.to_pay_cents == payment.amount_cents
    assert session["url"] == payment.hosted_url
    assert session["metadata"] == {"tenant": shop.tenant.schema_name, "payment": str(payment.public_id)}
    assert session["client_reference_id"] == payment.idempotency_key
    assert payment.idempotency_key == f"payment:{shop.tenant.number_code}:C-1:1"


def test_a_second_click_leads_to_the_same_page(shop: Shop) -> None:
    charge = shop.charge()
    assert shop.start(charge).hosted_url == shop.start(charge).hosted_url
    assert Payment.objects.count() == 1
    assert len(shop.api.get("checkout/sessions")["data"]) == 1


def test_a_lost_answer_is_asked_again_under_the_same_key(shop: Shop) -> None:
    charge = shop.charge()
    shop.api.knob("timeout_after_success", operation="checkout.sessions.create", times=1, hold_seconds=0)
    with pytest.raises(GatewayUnavailable):
        shop.start(charge)
    assert Payment.objects.get().state == "unknown"
    payment = shop.start(charge)
    assert payment.state == "pending"
    assert len(shop.api.get("checkout/sessions")["data"]) == 1


def test_the_reconciler_finds_a_page_whose_answer_was_lost(shop: Shop) -> None:
    shop.api.knob("timeout_after_success", operation="checkout.sessions.create", times=1, hold_seconds=0)
    with pytest.raises(GatewayUnavailable):
        shop.start(shop.charge())
    payment = Payment.objects.get()
    reconcile_payment(payment_id=payment.pk, round=1)
    payment.refresh_from_db()
    assert (payment.state, payment.failure_code) == ("pending", "")
    assert payment.session_id


def test_after_a_day_the_gateway_is_asked_before_a_page_is_opened_again(shop: Shop) -> None:
    charge = shop.charge(minutes=60 * 30)
    shop.api.knob("timeout_after_success", operation="checkout.sessions.create", times=1, hold_seconds=0)
    with pytest.raises(GatewayUnavailable):
        shop.start(charge)
    Payment.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert shop.start(charge).state == "pending"
    assert len(shop.api.get("checkout/sessions")["data"]) == 1


def test_a_gateway_that_is_down_loses_nothing(shop: Shop, settings: Any) -> None:
    charge = shop.charge()
    address, settings.SANDBOX_URL = settings.SANDBOX_URL, "http://127.0.0.1:9"
    with pytest.raises(GatewayUnavailable):
        shop.start(charge)
    settings.SANDBOX_URL = address
    assert shop.start(charge).state == "pending"


def test_a_refused_opening_is_told_and_another_attempt_is_possible(shop: Shop) -> None:
    charge = shop.charge(price="0.10")
    with pytest.raises(GatewayRefused):
        shop.start(charge)
    refused = Payment.objects.get()
    assert (refused.state, refused.failure_code) == ("failed", "amount_too_small")
    with pytest.raises(GatewayRefused):
        shop.start(charge)
    assert Payment.objects.count() == 2


def test_what_is_not_payable_opens_no_page(shop: Shop) -> None:
    cancelled = shop.charge("C-2")
    cancel_charge(reference="C-2", reason="test")
    late = shop.charge("C-3")
    late.expires_at = timezone.now()
    late.save()
    paid = shop.charge("C-4")
    payment = shop.start(paid)
    shop.pay(payment)
    shop.post_new_events()
    for charge in (cancelled, late, paid):
        with pytest.raises(ChargeNotPayable):
            shop.start(charge)
    assert len(shop.api.get("checkout/sessions")["data"]) == 1


def test_without_an_account_or_where_the_sandbox_is_off_nothing_starts(shop: Shop, settings: Any) -> None:
    charge = shop.charge()
    settings.SANDBOX_URL = ""
    with pytest.raises(GatewayMissing):
        shop.start(charge)
    shop.account.active = False
    shop.account.save()
    with pytest.raises(GatewayMissing):
        shop.start(shop.charge("C-2"))


def test_an_expired_page_gives_way_to_a_new_one(shop: Shop) -> None:
    charge = shop.charge(minutes=120)
    first = shop.start(charge)
    shop.api.post(f"checkout/sessions/{first.session_id}/expire")
    Payment.objects.update(hosted_until=timezone.now())
    second = shop.start(charge)
    first.refresh_from_db()
    assert first.state == "expired"
    assert (second.state, second.attempt) == ("pending", 2)
    assert second.hosted_url != first.hosted_url

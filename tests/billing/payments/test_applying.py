"""Applying what the gateway says: once, whatever comes twice, late, out of order or not at all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from billing.charges.models import ChargeEvent
from billing.charges.operations import cancel_charge
from billing.ledger.models import JournalEntry
from billing.payments.errors import NothingToRefund
from billing.payments.models import Payment
from billing.payments.operations.apply import apply_payment
from billing.payments.operations.expiry import expire_charge
from billing.payments.operations.refunds import give_back_payment
from tests.billing.payments.acting import Shop, assert_ledger_is_clean, balances
from tests.sandbox import CHALLENGE, DECLINED


def overdue(charge: Any) -> None:
    """The charge's time is over."""
    charge.expires_at = timezone.now() - timedelta(seconds=1)
    charge.save(update_fields=["expires_at"])


def test_a_paid_page_pays_the_charge_once(shop: Shop) -> None:
    charge = shop.charge()
    payment = shop.start(charge)
    shop.pay(payment)
    shop.post_new_events()
    apply_payment(payment_id=payment.pk)
    payment.refresh_from_db()
    charge.refresh_from_db()
    assert (payment.state, charge.state) == ("succeeded", "paid")
    assert payment.fee_cents == 193
    assert balances() == {"517000": 12_000 - 193, "467100": -12_000, "627800": 193}
    assert [event.kind for event in ChargeEvent.objects.all()] == ["charge_paid"]
    assert shop.api.get("balance")["available"][0]["amount"] == balances()["517000"]
    assert_ledger_is_clean()


def test_without_any_webhook_the_reconciler_settles(shop: Shop) -> None:
    from kernel.outbox.models import OutboxTask

    charge = shop.charge()
    shop.pay(shop.start(charge))
    waiting = OutboxTask.objects.filter(name="payments.reconcile_payment")
    assert waiting.get().due_at > timezone.now()
    waiting.update(due_at=timezone.now())
    shop.work()
    charge.refresh_from_db()
    assert charge.state == "paid"
    assert not waiting.filter(done_at=None).exists()


def test_a_payment_that_stays_open_is_asked_about_again(shop: Shop) -> None:
    from kernel.outbox.models import OutboxTask

    shop.start(shop.charge())
    OutboxTask.objects.filter(name="payments.reconcile_payment").update(due_at=timezone.now())
    shop.work()
    following = OutboxTask.objects.get(name="payments.reconcile_payment", done_at=None)
    assert following.arguments["round"] == 2
    assert following.due_at > timezone.now()


def test_refused_then_another_card(shop: Shop) -> None:
    charge = shop.charge()
    payment = shop.start(charge)
    shop.pay(payment, DECLINED)
    shop.post_new_events()
    payment.refresh_from_db()
    assert (payment.state, payment.failure_code) == ("pending", "card_declined")
    shop.pay(payment, CHALLENGE, authentication="refused")
    shop.post_new_events()
    apply_payment(payment_id=payment.pk)
    shop.pay(payment, CHALLENGE, authentication="accepted")
    shop.post_new_events()
    payment.refresh_from_db()
    assert (payment.state, payment.failure_code) == ("succeeded", "")
    kinds = [(event.kind, event.payload.get("code")) for event in ChargeEvent.objects.order_by("pk")]
    assert kinds == [
        ("charge_payment_failed", "card_declined"),
        ("charge_payment_failed", "authentication_required"),
        ("charge_paid", None),
    ]
    assert_ledger_is_clean()


@pytest.mark.parametrize(
    ("options", "problem"),
    [({"amount": 1}, "amount_differs"), ({"currency": "usd"}, "amount_differs")],
)
def test_money_that_differs_is_put_apart_and_owed_back(
    shop: Shop, options: dict[str, Any], problem: str
) -> None:
    charge = shop.charge()
    payment = shop.start(charge)
    shop.api.knob("settles", session=payment.session_id, **options)
    shop.pay(payment)
    shop.post_new_events()
    payment.refresh_from_db()
    charge.refresh_from_db()
    assert (payment.state, payment.problem, charge.state) == ("quarantined", problem, "awaiting_payment")
    give_back_payment(payment_id=payment.pk, reason="amount")
    shop.work()
    payment.refresh_from_db()
    assert payment.state == "returned"
    left = balances()
    assert "467900" not in left
    assert left["517000"] == -left["627800"]
    again = shop.start(charge)
    shop.pay(again)
    shop.post_new_events()
    charge.refresh_from_db()
    assert charge.state == "paid"
    assert_ledger_is_clean()


def test_money_that_bears_another_reference_is_put_apart(shop: Shop) -> None:
    payment = shop.start(shop.charge())
    Payment.objects.update(request={**payment.request, "reference": "payment:XX:other:1"})
    shop.pay(payment)
    shop.post_new_events()
    payment.refresh_from_db()
    assert (payment.state, payment.problem) == ("quarantined", "reference_differs")
    assert_ledger_is_clean()


def test_a_lapsed_charge_closes_its_page_first(shop: Shop) -> None:
    charge = shop.charge()
    payment = shop.start(charge)
    overdue(charge)
    assert expire_charge(charge_id=charge.pk).state == "lapsed"
    payment.refresh_from_db()
    assert payment.state == "expired"
    assert shop.api.get(f"checkout/sessions/{payment.session_id}")["status"] == "expired"


def test_a_page_that_turns_out_paid_wins_over_the_clock(shop: Shop) -> None:
    charge = shop.charge()
    payment = shop.start(charge)
    shop.pay(payment)
    overdue(charge)
    assert expire_charge(charge_id=charge.pk).state == "paid"
    assert [event.kind for event in ChargeEvent.objects.all()] == ["charge_paid"]
    assert_ledger_is_clean()


def test_money_after_the_lapse_still_pays(shop: Shop) -> None:
    from billing.charges.operations import lapse_charge

    charge = shop.charge()
    payment = shop.start(charge)
    lapse_charge(charge=charge)
    shop.pay(payment)
    shop.post_new_events()
    charge.refresh_from_db()
    assert charge.state == "paid"
    assert ChargeEvent.objects.get(kind="charge_paid").payload["was_lapsed"] is True
    assert_ledger_is_clean()


def test_a_charge_nobody_started_to_pay_lapses(shop: Shop) -> None:
    charge = shop.charge()
    assert expire_charge(charge_id=charge.pk).state == "awaiting_payment"
    overdue(charge)
    assert expire_charge(charge_id=charge.pk).state == "lapsed"


def test_a_lapse_waits_for_a_gateway_that_is_down(shop: Shop, settings: Any) -> None:
    from billing.payments.gateways.base import OutcomeUnknown

    charge = shop.charge()
    shop.start(charge)
    overdue(charge)
    settings.SANDBOX_URL = "http://127.0.0.1:9"
    with pytest.raises(OutcomeUnknown):
        expire_charge(charge_id=charge.pk)
    charge.refresh_from_db()
    assert charge.state == "awaiting_payment"


def test_money_for_a_cancelled_charge_is_given_back_by_itself(shop: Shop) -> None:
    charge = shop.charge()
    payment = shop.start(charge)
    cancel_charge(reference="C-1", reason="changed mind")
    shop.pay(payment)
    apply_payment(payment_id=payment.pk)
    payment.refresh_from_db()
    assert (payment.state, payment.problem) == ("owed_back", "charge_cancelled")
    assert balances()["467900"] == -12_000
    with pytest.raises(NothingToRefund):
        give_back_payment(payment_id=payment.pk, reason="cancelled")
    shop.post_new_events()
    payment.refresh_from_db()
    assert payment.state == "returned"
    assert JournalEntry.objects.count() == 3
    assert_ledger_is_clean()


def test_a_cancelled_charge_has_its_page_closed(shop: Shop) -> None:
    payment = shop.start(shop.charge())
    cancel_charge(reference="C-1", reason="changed mind")
    shop.work()
    payment.refresh_from_db()
    assert payment.state == "expired"


def test_the_second_of_two_paid_pages_is_given_back_by_itself(shop: Shop) -> None:
    charge = shop.charge()
    first = shop.start(charge)
    Payment.objects.filter(pk=first.pk).update(state="expired")
    second = shop.start(charge)
    shop.pay(second)
    shop.pay(first)
    shop.post_new_events()
    first.refresh_from_db()
    second.refresh_from_db()
    assert {first.state, second.state} == {"succeeded", "returned"}
    assert [event.kind for event in ChargeEvent.objects.all()] == ["charge_paid"]
    assert "467900" not in balances()
    assert len(shop.api.get("refunds")["data"]) == 1
    assert balances()["467100"] == -12_000
    assert_ledger_is_clean()


def test_a_subscriber_that_raises_loses_no_payment(shop: Shop) -> None:
    from billing.events import CHARGE_PAID, Event, subscribe

    def refuse(event: Event) -> None:
        raise RuntimeError("a subscriber's own fault")

    take_away = subscribe(CHARGE_PAID, refuse)
    try:
        charge = shop.charge()
        shop.pay(shop.start(charge))
        shop.post_new_events()
    finally:
        take_away()
    charge.refresh_from_db()
    assert charge.state == "paid"
    assert ChargeEvent.objects.get().delivered_at is None
    assert_ledger_is_clean()

"""Several at once: one page, one receipt, no deadlock between the buyer's cancel and the bank's answer."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from billing.charges.operations import cancel_charge
from billing.payments.models import GatewayDelivery, Payment
from billing.payments.operations.apply import apply_payment
from billing.payments.operations.refunds import refund_items
from kernel.lifecycle import TransitionRefused
from tests.billing.payments.acting import Shop, assert_ledger_is_clean


def at_once(shop: Shop, *acts: Callable[[], object]) -> list[object]:
    """Each act in a thread and a connection of its own, let loose together; what each gave or raised."""
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            connection.set_tenant(shop.tenant)
            connection.ensure_connection()
            barrier.wait(20)
            return act()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_clicks_at_once_open_one_page(own_shop: Shop) -> None:
    charge = own_shop.charge()
    pages = at_once(own_shop, *[lambda: own_shop.start(charge).hosted_url] * 6)
    assert len(set(pages)) == 1, pages
    assert str(pages[0]).startswith("http")
    assert Payment.objects.count() == 1
    assert len(own_shop.api.get("checkout/sessions")["data"]) == 1


def test_webhook_return_page_and_reconciler_at_once(own_shop: Shop) -> None:
    charge = own_shop.charge()
    payment = own_shop.start(charge)
    own_shop.pay(payment)
    results = at_once(own_shop, *[lambda: apply_payment(payment_id=payment.pk).state] * 6)
    assert set(results) == {"succeeded"}, results
    assert charge.events.count() == 1
    assert_ledger_is_clean()


def test_one_event_posted_at_once_is_stored_once(own_shop: Shop) -> None:
    own_shop.pay(own_shop.start(own_shop.charge()))
    event = own_shop.events()[0]
    answers = at_once(own_shop, *[lambda: own_shop.post_event(event).status_code] * 6)
    assert set(answers) == {200}, answers
    assert GatewayDelivery.objects.get().repeats == 5


@pytest.mark.parametrize(
    "rounds", [8, pytest.param(500, marks=[pytest.mark.soak, pytest.mark.timeout(1200)])]
)
def test_cancel_against_the_banks_answer(own_shop: Shop, rounds: int) -> None:
    for number in range(rounds):
        charge = own_shop.charge(f"R-{number}")
        payment = own_shop.start(charge)
        own_shop.pay(payment)
        cancelled, applied = at_once(
            own_shop,
            lambda: cancel_charge(reference=f"R-{number}", reason="race").state,  # noqa: B023 - run at once
            lambda: apply_payment(payment_id=payment.pk).state,  # noqa: B023 - run at once
        )
        charge.refresh_from_db()
        if applied == "succeeded":
            assert isinstance(cancelled, TransitionRefused), cancelled
            assert charge.state == "paid"
        else:
            assert (cancelled, applied, charge.state) == ("cancelled", "owed_back", "cancelled")
    assert_ledger_is_clean()


def test_refunds_at_once_give_back_once(own_shop: Shop) -> None:
    charge = own_shop.charge()
    own_shop.pay(own_shop.start(charge))
    own_shop.post_new_events()
    results = at_once(
        own_shop,
        *[lambda: len(refund_items(item_keys=["C-1-line"], bearer="operator", reason="race"))] * 4,
    )
    assert results.count(1) == 1, results
    own_shop.work()
    assert len(own_shop.api.get("refunds")["data"]) == 1
    assert_ledger_is_clean()

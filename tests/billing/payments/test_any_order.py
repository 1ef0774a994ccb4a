"""Whatever the buyer tries and in whatever order the events come, payment, charge and ledger end alike."""

from __future__ import annotations

import itertools
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.charges.models import ChargeEvent
from billing.payments.lifecycle import OPEN
from billing.payments.models import Payment
from billing.payments.operations.apply import apply_payment
from billing.payments.operations.expiry import expire_charge
from billing.payments.tasks import reconcile_payment
from tests.billing.payments.acting import Shop, assert_ledger_is_clean
from tests.billing.payments.test_applying import overdue
from tests.sandbox import ACCEPTED, DECLINED, INSUFFICIENT

numbers = itertools.count(1)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    refused=st.lists(st.sampled_from([DECLINED, INSUFFICIENT]), max_size=2),
    paid=st.booleans(),
    lapses=st.booleans(),
    data=st.data(),
)
def test_any_order_of_events_ends_alike(
    shop: Shop, refused: list[str], paid: bool, lapses: bool, data: Any
) -> None:
    charge = shop.charge(f"P-{next(numbers)}")
    payment = shop.start(charge)
    seen_before = {event["id"] for event in shop.events()}
    for card in [*refused, *([ACCEPTED] if paid else [])]:
        shop.pay(payment, card)
    events = [event for event in shop.events() if event["id"] not in seen_before]
    told = data.draw(st.lists(st.sampled_from(events), max_size=8)) if events else []
    for event in told:
        assert shop.post_event(event).status_code == 200
        if data.draw(st.booleans()):
            shop.work()
        if data.draw(st.booleans()):
            apply_payment(payment_id=payment.pk)
    shop.work()
    if lapses:
        overdue(charge)
        expire_charge(charge_id=charge.pk)
    reconcile_payment(payment_id=payment.pk, round=1)
    payment = Payment.objects.get(pk=payment.pk)
    charge.refresh_from_db()
    kinds = [event.kind for event in ChargeEvent.objects.filter(charge=charge)]
    if paid:
        assert (payment.state, charge.state) == ("succeeded", "paid")
        assert payment.fee_cents is not None
    elif lapses:
        assert (payment.state, charge.state) == ("expired", "lapsed")
    else:
        assert payment.state in OPEN
        assert charge.state == "awaiting_payment"
    assert kinds.count("charge_paid") == int(paid)
    assert kinds.count("charge_lapsed") == int(lapses and not paid)
    assert kinds.count("charge_payment_failed") <= len(refused)
    assert_ledger_is_clean()

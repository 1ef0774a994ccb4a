"""Events: delivered with the money, a raising subscriber loses nothing and gets its event later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import IntegrityError, connection

from billing.charges.delivery import MAX_TRIES, redeliver_event
from billing.charges.models import Charge, ChargeEvent
from billing.charges.operations import open_charge
from billing.charges.queries import undelivered_events
from billing.events import CHARGE_PAID, Event, subscribe
from billing.ledger.accounts import AccountCode
from billing.ledger.queries import balance
from kernel.outbox.models import OutboxTask
from tests.billing.building import cast, item, receive


class Subscriber:
    """Something above that listens; it fails as long as it is told to."""

    def __init__(self, name: str) -> None:
        self.__module__ = __name__
        self.__qualname__ = name
        self.had: list[Event] = []
        self.failure: Callable[[], None] | None = None

    def __call__(self, event: Event) -> None:
        if self.failure is not None:
            self.failure()
        self.had.append(event)


@pytest.fixture
def listeners() -> Iterator[tuple[Subscriber, Subscriber]]:
    first, second = Subscriber("first"), Subscriber("second")
    leave = [subscribe(CHARGE_PAID, first), subscribe(CHARGE_PAID, second)]
    yield first, second
    for away in leave:
        away()


@pytest.fixture
def charge(tenant: Any) -> Charge:
    _operator, seller, buyer = cast()
    return open_charge(reference="order-1", buyer=buyer, items=[item(seller)])


def broken() -> None:
    raise RuntimeError("not today")


def broken_in_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO ledger_journalentry (source) VALUES (NULL)")


def test_subscribers_have_the_event_in_the_same_transaction(
    charge: Charge, listeners: tuple[Subscriber, Subscriber]
) -> None:
    receive(charge)
    event = ChargeEvent.objects.get()
    assert event.delivered_at is not None
    for listener in listeners:
        (had,) = listener.had
        assert (had.id, had.reference, had.kind) == (event.pk, "order-1", CHARGE_PAID)


@pytest.mark.parametrize("failure", [broken, broken_in_the_database])
def test_a_raising_subscriber_loses_no_payment(
    charge: Charge, listeners: tuple[Subscriber, Subscriber], failure: Callable[[], None]
) -> None:
    first, second = listeners
    first.failure = failure
    receive(charge)
    charge.refresh_from_db()
    assert charge.state == "paid"
    assert balance(AccountCode.HELD) == -charge.to_pay_cents
    assert len(second.had) == 1
    (waiting,) = undelivered_events()
    assert waiting.tries == 1
    assert "first" in waiting.last_error
    assert OutboxTask.objects.filter(name="charges.deliver_event").count() == 1


def test_the_retry_reaches_only_who_has_not_had_it(
    charge: Charge, listeners: tuple[Subscriber, Subscriber]
) -> None:
    first, second = listeners
    first.failure = broken
    receive(charge)
    event = ChargeEvent.objects.get()
    assert redeliver_event(event_id=event.pk) is False
    first.failure = None
    assert redeliver_event(event_id=event.pk) is True
    assert redeliver_event(event_id=event.pk) is True
    assert (len(first.had), len(second.had)) == (1, 1)
    assert not undelivered_events().exists()


def test_retries_end_but_the_event_stays_visible(
    charge: Charge, listeners: tuple[Subscriber, Subscriber]
) -> None:
    listeners[0].failure = broken
    receive(charge)
    event = ChargeEvent.objects.get()
    for _ in range(MAX_TRIES + 2):
        redeliver_event(event_id=event.pk)
    assert OutboxTask.objects.filter(name="charges.deliver_event").count() == MAX_TRIES - 1
    assert list(undelivered_events()) == [event]


def test_an_undeclared_kind_is_refused(charge: Charge) -> None:
    with pytest.raises(KeyError):
        subscribe("order_placed", broken)  # type: ignore[arg-type]
    with pytest.raises(IntegrityError):
        ChargeEvent.objects.create(charge=charge, kind="order_placed")

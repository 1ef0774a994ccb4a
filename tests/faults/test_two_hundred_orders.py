"""Two hundred orders at once while banks misbehave and processes die: the same cents in four places."""

from __future__ import annotations

import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from threading import Event

import pytest

from billing.payments import faults as payments
from tests.faults.crowd import Shopper, Told, ways_of
from tests.faults.people import until
from tests.faults.test_killed import SPACE, Stage, stage
from tests.live.stack import Live

__all__ = ["stage"]

SHOPPERS, ORDERS_EACH = 20, 10
# More breaks in a minute would be a program that cannot run: the product then stops by design.
BETWEEN_BREAKS = 20.0
# Three questions to the gateway about a payment whose webhook never comes.
TO_THE_END = 900.0
TRAPS = (
    payments.PAYMENT_SAVED,
    payments.PAYMENT_OPENED,
    payments.DELIVERY_STORED,
    payments.SESSION_FETCHED,
    payments.SESSION_APPLIED,
    payments.REFUND_CALLED,
)
SERVICES = (
    "site-une-page-atelier-web-des-marais",
    "audit-accessibilite-clain-numerique",
)


@pytest.mark.soak
@pytest.mark.timeout(2400)
def test_orders_paid_are_payments_are_ledger(live: Live, stage: Stage) -> None:
    """Whatever breaks, each order ends paid once, paid and given back, or never paid; to the cent."""
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    before = reckoned(stage)
    sessions = stage.inside("shoppers", str(SHOPPERS))
    assert isinstance(sessions, list)
    crowd = [
        Shopper(live, SPACE, session, random.Random(seed + number), SERVICES)
        for number, session in enumerate(sessions)
    ]
    over = Event()
    with ThreadPoolExecutor(SHOPPERS + 1) as pool:
        breaker = pool.submit(break_things, stage, over, random.Random(seed))
        shopping = [pool.submit(shopper.shop, ORDERS_EACH) for shopper in crowd]
        try:
            told: list[Told] = [one for future in shopping for one in future.result()]
        finally:
            over.set()
        broken = breaker.result()
    print(f"{len(told)} orders: {dict(ways_of(told))}; broken: {dict(broken)}")
    assert {"postgres", "redis", "worker-money", "web"} <= set(broken)

    def settled() -> bool:
        stage.inside("reconcile")
        time.sleep(5)
        now = reckoned(stage)
        return not now["open"] and stage.inside("open") == []

    until(settled, "end of all payments and tasks", seconds=TO_THE_END)
    after = reckoned(stage)
    grown = {name: after[name] - before[name] for name in after if isinstance(after[name], int)}
    print(grown)
    assert after["findings"] == []
    # A shopper whose page broke orders again: more orders may be placed, none of them paid twice.
    assert grown["orders"] >= len(told) == SHOPPERS * ORDERS_EACH
    paid = sum(one.way != "leaves" for one in told)
    assert grown["orders_paid"] == grown["payments"] == paid
    assert after["payments_of_a_charge"] == 1
    assert grown["charged"] == grown["received"] == grown["booked"] == grown["at_gateway"] > 0
    assert grown["refunded"] == grown["refunded_at_gateway"] > 0
    cancelled = {one.number for one in told if one.cancelled}
    states = stage.inside("states", *(one.number for one in told))
    assert isinstance(states, dict)
    for one in told:
        awaited = (
            {"awaiting_payment", "lapsed"}
            if one.way == "leaves"
            else {"cancelled", "refunded"}
            if one.number in cancelled
            else {"awaiting_provider"}
        )
        assert set(states[one.number]) <= awaited, (one, states[one.number])


def break_things(stage: Stage, over: Event, luck: random.Random) -> Counter[str]:
    """Kill one thing after another until it is over; what was killed how often."""
    broken: Counter[str] = Counter()
    for what in cycle(("worker-money", "postgres", "trap", "redis", "web", "trap")):
        if over.wait(BETWEEN_BREAKS * luck.uniform(0.7, 1.3)):
            return broken
        if what == "trap":
            what = luck.choice(TRAPS)
            stage.arm(what)
        elif what in ("postgres", "redis"):
            stage.kill_server(what)
        else:
            stage.kill(what)
        broken[what] += 1
    return broken


def reckoned(stage: Stage) -> dict[str, int | list[str]]:
    """See `tests.faults.inside`."""
    told = stage.inside("reckon")
    assert isinstance(told, dict)
    return told

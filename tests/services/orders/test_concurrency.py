"""Two at once: one wins, the other is told; no deadlock, nothing doubled."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from typing import Any

from tests.services.ordering import Market, assert_ledger_is_clean, fresh, pay


def at_once(tenant: Any, *acts: Callable[[], Any]) -> list[Any]:
    """Run the acts in threads that start together; results or errors in their order."""
    from django.db import connection

    gate = threading.Barrier(len(acts))
    results: list[Any] = [None] * len(acts)

    def run(place: int, act: Callable[[], Any]) -> None:
        connection.set_tenant(tenant)
        try:
            gate.wait(10)
            results[place] = act()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def test_two_clicks_place_one_order(own_market: Market) -> None:
    from billing.charges.models import Charge
    from services.orders.models import Order
    from services.orders.operations.place import place_order

    cart, token = own_market.cart(), uuid.uuid4()
    clicks = at_once(
        own_market.tenant,
        *[
            lambda: place_order(cart=cart, buyer=own_market.buyer, user=own_market.buyer_user, token=token)
            for _click in range(4)
        ],
    )
    assert {getattr(order, "number", order) for order in clicks} == {Order.objects.get().number}
    assert Charge.objects.count() == 1


def test_orders_at_once_have_numbers_without_gap(own_market: Market) -> None:
    from services.orders.models import Order
    from services.orders.operations.carts import add_to_cart, take_cart
    from services.orders.operations.place import place_order
    from tests.services.ordering import ANSWERS, party, person

    buyers = [(party(role="business"), person("many")) for _number in range(4)]
    acts = []
    for buyer, user in buyers:
        buyer.memberships.create(user=user)
        cart = take_cart(user=user, party=buyer)
        add_to_cart(cart=cart, service=own_market.service, answers=ANSWERS)
        acts.append(lambda cart=cart, buyer=buyer, user=user: place_order(cart=cart, buyer=buyer, user=user))
    placed = at_once(own_market.tenant, *acts)
    assert [order for order in placed if isinstance(order, Exception)] == []
    assert sorted(int(number[-6:]) for number in Order.objects.values_list("number", flat=True)) == [
        1,
        2,
        3,
        4,
    ]


def test_cancelling_against_the_bank_ends_in_one_of_two_ways(own_market: Market) -> None:
    from services.orders.operations.cancel import cancel_line

    for _round in range(6):
        order = own_market.order()
        line = order.lines.first()
        results = at_once(
            own_market.tenant,
            lambda order=order: pay(order),
            lambda line=line: cancel_line(key=line.key, role="business", actor=own_market.buyer_user),
        )
        assert not isinstance(results[0], Exception), results[0]
        states = sorted(found.state for found in order.lines.all())
        payment = results[0]
        if payment.state == "owed_back":
            assert states == ["cancelled", "cancelled"]
        else:
            assert payment.state == "succeeded"
            assert states == ["awaiting_provider", "cancelled"]
    assert_ledger_is_clean()


def test_accepting_against_cancelling(own_market: Market) -> None:
    from services.fulfilment.operations.answer import accept_line, decline_line

    line = own_market.paid_order(own_market.service).lines.get()
    user = own_market.provider_user
    results = at_once(
        own_market.tenant,
        lambda: accept_line(key=line.key, actor=user),
        lambda: decline_line(key=line.key, actor=user, reason="Complet"),
    )
    refused = [result for result in results if isinstance(result, Exception)]
    assert len(refused) == 1
    assert "Entre-temps :" in str(refused[0])
    assert fresh(line).state in ("accepted", "declined")
    assert fresh(line).timeline.filter(transition__in=["accept", "decline"]).count() == 1


def test_two_approvals_release_the_money_once(own_market: Market) -> None:
    from billing.payouts.models import Payout
    from services.fulfilment.operations.review import approve_milestone

    line = own_market.delivered(own_market.other_service)
    results = at_once(
        own_market.tenant,
        *[lambda: approve_milestone(key=line.key, actor=own_market.buyer_user) for _click in range(3)],
    )
    assert len([result for result in results if isinstance(result, Exception)]) == 2
    assert Payout.objects.count() == 1
    assert fresh(line).state == "approved"
    assert_ledger_is_clean()

"""Random histories of settlement against a naive model: pay, approve, refund, send, take back, repay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.payments.models import GatewayAccount, Payment
from billing.payouts.models import PayoutAccount
from tests.billing.building import cast
from tests.billing.ledger.test_pages import person
from tests.billing.payouts.settlement import (
    SEEN,
    TOO_MUCH,
    Model,
    World,
    act,
    assert_settled_rightly,
    coda,
)


@pytest.fixture
def world(tenant: Any) -> World:
    _operator, seller, buyer = cast()
    account = GatewayAccount.objects.create(kind="sandbox", account_id="acct_histories")
    PayoutAccount.objects.create(
        party=seller, state="active", gateway_account_id="acct_seller", idempotency_key="k"
    )
    return World(seller, buyer, account, person("histoires@exemple.example", "finance"))


deals = st.tuples(
    st.decimals(min_value=1, max_value=2000, places=2).map(str),
    st.lists(st.integers(1, 9), min_size=1, max_size=2),
    st.sampled_from(["card", "card", "card", "sepa_debit"]),
    st.sampled_from(["open", "released", "sent", "sent"]),
)
BY_US = (
    *("pay", "release", "release", "refund", "lapse", "cancel"),
    *("return by provider", "return by provider", "return by provider", "return by operator"),
)
BY_OTHERS = ("send", "hold over", "taken back", "refused", "refused", "repay", "finish")
steps = st.one_of(
    st.tuples(
        st.sampled_from(BY_US),
        st.integers(0, 2),
        st.sampled_from(["step-1", "step-1", "step-2"]),
        st.sampled_from([1, 30, 50, 100, 100, TOO_MUCH]),
    ),
    st.tuples(st.sampled_from(BY_OTHERS), st.just(0), st.just(""), st.just(0)),
)


@given(drawn=st.lists(deals, min_size=2, max_size=3), history=st.lists(steps, min_size=4, max_size=20))
@settings(max_examples=24, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_history_of_settlement_ends_as_the_naive_model_says(
    world: World, drawn: list[tuple[str, list[int], str, str]], history: list[tuple[str, int, str, int]]
) -> None:
    with transaction.atomic():
        model = Model()
        open_deals = []
        for price, shares, method, start in drawn:
            deal = world.deal(price, shares, method)
            open_deals.append(deal)
            if start != "open":
                act(world, model, "pay", deal, "", 0)
                act(world, model, "release", deal, "step-1", 0)
            if start == "sent":
                world.send(model)
        gateway_acts: dict[str, Callable[[], None]] = {
            "send": lambda: world.send(model),
            "hold over": world.end_holds,
            "taken back": lambda: world.take_back(model, granted=True),
            "refused": lambda: world.take_back(model, granted=False),
            "repay": lambda: world.repay(model),
            "finish": lambda: world.finish_refunds(model),
        }
        for kind, which, step, share in history:
            if kind in gateway_acts:
                gateway_acts[kind]()
            else:
                act(world, model, kind, open_deals[which % len(open_deals)], step, share)
        assert_settled_rightly(world, model)
        coda(world, model)
        transaction.set_rollback(True)


def test_every_kind_of_act_was_seen(world: World) -> None:
    """One long history in which each act succeeds, so that none of the table is dead."""
    SEEN.clear()
    model = Model()
    first = world.deal("100.00", [1, 1], "card")
    second = world.deal("50.00", [1], "sepa_debit")
    third = world.deal("30.00", [1], "card")
    late, never = world.deal("10.00", [1], "card"), world.deal("20.00", [1], "card")
    for kind, deal, step, share in (
        ("pay", first, "", 0),
        ("release", first, "step-1", 0),
        ("pay", second, "", 0),
        ("release", second, "step-1", 0),
    ):
        act(world, model, kind, deal, step, share)
    world.send(model)
    act(world, model, "return by provider", first, "step-1", 50)
    world.take_back(model, granted=True)
    act(world, model, "return by provider", first, "step-1", 100)
    world.take_back(model, granted=False)
    act(world, model, "return by operator", second, "step-1", 30)
    act(world, model, "return by provider", second, "step-1", 100)
    act(world, model, "refund", first, "", 0)
    world.repay(model)
    act(world, model, "pay", third, "", 0)
    Payment.objects.filter(charge=third.charge).update(method="sepa_debit")
    act(world, model, "release", third, "step-1", 0)
    world.end_holds()
    world.send(model)
    act(world, model, "lapse", late, "", 0)
    act(world, model, "pay", late, "", 0)
    act(world, model, "cancel", never, "", 0)
    act(world, model, "pay", never, "", 0)
    world.finish_refunds(model)
    assert_settled_rightly(world, model)
    assert {"sent", "hold over", "taken back", "refused", "repaid", "pay refused"} <= set(SEEN)
    assert {"pay", "release", "refund", "return by provider", "return by operator", "lapse", "cancel"} <= set(
        SEEN
    )

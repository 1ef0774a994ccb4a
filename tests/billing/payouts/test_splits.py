"""Disputes decided: the price of an item divided between its buyer, its seller and the operator."""

from __future__ import annotations

import itertools
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.charges.models import ChargeItem, ChargeRelease, ChargeReturn
from billing.charges.operations import open_charge
from billing.ledger.models import JournalEntry
from billing.payments.models import Refund
from billing.payouts.errors import BearerNotPossible, ReasonMissing, ReleaseNotFound, SplitTooLarge
from billing.payouts.models import Payout
from billing.payouts.operations import release
from billing.payouts.splits import Split, decide_split, disputable_cents, preview_split, split_bearers
from kernel.outbox.models import OutboxTask
from tests.billing.building import FIVE_PERCENT, item, line, party
from tests.billing.building import cast as people
from tests.billing.payments.acting import assert_ledger_is_clean
from tests.services.ordering import connect_gateway, pay

_numbers = itertools.count(1)
STATES = ("held", "released", "cancelled")


def cast() -> tuple[Any, Any, Any]:
    """An operator, a seller, a buyer, and a gateway that nobody calls."""
    connect_gateway()
    return people()


def paid_item(seller: Any, buyer: Any, price: str = "100.00", weights: tuple[int, ...] = (50, 30, 20)) -> str:
    """A paid charge of one item with a part for each weight; the key of the item."""
    number = next(_numbers)
    key = f"S-{number}-line"
    charge = open_charge(
        reference=f"S-{number}",
        buyer=buyer,
        items=[item(seller, line(price), key=key, commission=FIVE_PERCENT, shares=weights)],
        expires_at=timezone.now() + timedelta(hours=1),
    )
    pay(SimpleNamespace(charge_reference=charge.reference, number=charge.reference))
    return key


def parts(key: str) -> list[tuple[str, int]]:
    """State of each part of an item and what was given back of it after its release."""
    return [
        (part.state, sum(part.returns.values_list("incl_cents", flat=True)))
        for part in ChargeRelease.objects.filter(item__key=key).order_by("position")
    ]


def rows() -> list[int]:
    models = (JournalEntry, Payout, Refund, ChargeReturn, OutboxTask)
    return [model.objects.count() for model in models]


def test_the_seller_bears_a_third(tenant: Any) -> None:
    _operator, seller, buyer = cast()
    key = paid_item(seller, buyer)
    split = decide_split(item_key=key, refund_cents=4000, bearer="provider", reason="Livré en retard")
    # 24.00 of the last part goes back whole, 16.00 of the second (36.00) is corrected.
    assert parts(key) == [("released", 0), ("released", 1600), ("cancelled", 0)]
    assert split == Split(
        refunded_cents=4000,
        to_buyer_cents=4000,
        to_funders_cents=0,
        seller_cents=7600,
        commission_cents=400,
        operator_cents=0,
    )
    assert_ledger_is_clean()


def test_a_gesture_of_the_operator_leaves_the_seller_all(tenant: Any) -> None:
    _operator, seller, buyer = cast()
    key = paid_item(seller, buyer)
    split = decide_split(item_key=key, refund_cents=4000, bearer="operator", reason="Geste")
    assert [state for state, _given in parts(key)] == ["released"] * 3
    assert (split.seller_cents, split.commission_cents, split.operator_cents) == (11400, 600, 4000)
    assert_ledger_is_clean()


@pytest.mark.parametrize("cents", [0, 12000])
def test_all_or_nothing(tenant: Any, cents: int) -> None:
    _operator, seller, buyer = cast()
    key = paid_item(seller, buyer)
    split = decide_split(item_key=key, refund_cents=cents, bearer="provider", reason="Tranché")
    assert {state for state, _given in parts(key)} == {"cancelled" if cents else "released"}
    assert (split.to_buyer_cents, split.seller_cents) == (cents, 0 if cents else 11400)
    assert Refund.objects.count() == (1 if cents else 0)
    assert disputable_cents(key) == 12000 - cents
    assert_ledger_is_clean()


def test_of_its_own_sale_only_the_operator_bears(tenant: Any) -> None:
    operator, _seller, buyer = cast()
    key = paid_item(operator, buyer)
    assert split_bearers(key) == ["operator"]
    with pytest.raises(BearerNotPossible):
        decide_split(item_key=key, refund_cents=1, bearer="provider", reason="Tranché")
    decide_split(item_key=key, refund_cents=4000, bearer="operator", reason="Tranché")
    assert parts(key) == [("released", 0), ("released", 1600), ("cancelled", 0)]
    assert_ledger_is_clean()


def test_what_is_refused_changes_nothing(tenant: Any) -> None:
    _operator, seller, buyer = cast()
    key = paid_item(seller, buyer)
    before = rows()
    for cents, bearer, reason, refusal in (
        (12001, "provider", "Trop", SplitTooLarge),
        (-1, "provider", "Trop peu", SplitTooLarge),
        (1, "provider", " ", ReasonMissing),
        (1, "funder", "Qui", BearerNotPossible),
    ):
        with pytest.raises(refusal):
            decide_split(item_key=key, refund_cents=cents, bearer=bearer, reason=reason)
    with pytest.raises(ReleaseNotFound):
        decide_split(item_key="nothing", refund_cents=0, bearer="provider", reason="Rien")
    assert rows() == before


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    euros=st.integers(1, 5000),
    weights=st.lists(st.integers(1, 60), min_size=1, max_size=4),
    released=st.integers(0, 4),
    share=st.fractions(0, 1),
    again=st.fractions(0, 1),
    bearer=st.sampled_from(["provider", "operator"]),
)
def test_every_split_adds_up(
    tenant: Any,
    euros: int,
    weights: list[int],
    released: int,
    share: Any,
    again: Any,
    bearer: str,
) -> None:
    with transaction.atomic():
        _operator, seller, buyer = cast()
        key = paid_item(seller, buyer, f"{euros}.37", tuple(weights))
        for number in range(1, min(released, len(weights)) + 1):
            release(item_key=key, release_key=f"step-{number}")
        whole = ChargeItem.objects.get(key=key).incl_cents
        refunded = 0
        for part in (share, again):
            cents = int(disputable_cents(key) * part)
            before, told = rows(), preview_split(item_key=key, refund_cents=cents, bearer=bearer)
            assert rows() == before
            split = decide_split(item_key=key, refund_cents=cents, bearer=bearer, reason="Tranché")
            assert split == told
            refunded += cents
            assert split.refunded_cents == refunded == split.to_buyer_cents + split.to_funders_cents
            assert "held" not in {state for state, _given in parts(key)}
            assert split.refunded_cents + split.seller_cents + split.commission_cents == (
                whole + split.operator_cents
            )
            assert min(split.seller_cents, split.commission_cents, split.operator_cents) >= 0
            assert disputable_cents(key) == whole - refunded
        assert_ledger_is_clean()
        transaction.set_rollback(True)


def test_another_seller_of_the_order_is_untouched(tenant: Any) -> None:
    _operator, seller, buyer = cast()
    other = party(role="provider")
    number = next(_numbers)
    charge = open_charge(
        reference=f"S-{number}",
        buyer=buyer,
        items=[
            item(who, line("50.00"), key=f"S-{number}-{name}", commission=FIVE_PERCENT)
            for name, who in (("a", seller), ("b", other))
        ],
        expires_at=timezone.now() + timedelta(hours=1),
    )
    pay(SimpleNamespace(charge_reference=charge.reference, number=charge.reference))
    decide_split(item_key=f"S-{number}-a", refund_cents=6000, bearer="provider", reason="Tranché")
    assert parts(f"S-{number}-b") == [("held", 0)]
    assert_ledger_is_clean()

"""Random lives of a charge in instalments against a naive model: what came in, went back, is still asked."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.charges.errors import BalanceOpen
from billing.charges.inputs import Due, InstalmentInput
from billing.charges.instalments import call_instalments, due_now, open_cents
from billing.charges.models import Charge, ChargeRelease
from billing.charges.operations import lock_charge, open_charge
from billing.payments.gateways.base import GatewayCharge, SessionSeen
from billing.payments.models import GatewayAccount, Payment, Refund
from billing.payments.operations.apply import apply_session
from billing.payments.operations.refunds import refund_items
from billing.payouts.models import PayoutLeg
from billing.payouts.operations import release
from kernel.errors import DomainError
from kernel.lifecycle import TransitionRefused
from tenants.directory.current import current_tenant
from tests.billing.building import FIVE_PERCENT, cast, item, line
from tests.services.ordering import assert_ledger_is_clean, connect_gateway

_numbers = itertools.count(1)
ACTS = st.sampled_from(["pay", "pay", "pay", "call", "back-1", "back-2", "back-3", "release-2", "release-3"])


@pytest.fixture
def people(tenant: Any) -> tuple[Any, Any]:
    connect_gateway()
    _operator, seller, buyer = cast()
    return seller, buyer


def pay(charge: Charge) -> int:
    """The next instalment arrives, as webhooks and pages apply it; the cents."""
    charge.refresh_from_db()
    due = due_now(charge)
    if due is None:
        return 0
    number = next(_numbers)
    key = f"payment:h{number}"
    payment = Payment.objects.create(
        charge=charge,
        account=GatewayAccount.objects.get(active=True),
        attempt=charge.payments.count() + 1,
        amount_cents=due.amount_cents,
        instalment=due.instalment,
        idempotency_key=key,
        request={"reference": key},
        hosted_until=timezone.now(),
    )
    seen = SessionSeen(
        identifier=f"cs_{number}",
        intent=f"pi_{number}",
        status="complete",
        paid=True,
        amount_cents=due.amount_cents,
        currency="EUR",
        reference=key,
        metadata={"tenant": current_tenant().schema_name, "payment": str(payment.public_id)},
        expires_at=payment.hosted_until,
        url="",
        live=False,
        charge=GatewayCharge(f"ch_{number}", "succeeded", due.amount_cents, "EUR", fee_cents=10),
    )
    assert apply_session(payment_id=payment.pk, seen=seen).state == "succeeded"
    return due.amount_cents


@given(
    prices=st.lists(st.integers(300, 90_000), min_size=3, max_size=3),
    shares=st.lists(st.integers(10, 60), min_size=2, max_size=4),
    acts=st.lists(ACTS, min_size=1, max_size=12),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_money_is_where_the_naive_model_has_it(
    people: tuple[Any, Any], prices: list[int], shares: list[int], acts: list[str]
) -> None:
    with transaction.atomic():
        _live(people, prices, shares, acts)
        transaction.set_rollback(True)


def _live(people: tuple[Any, Any], prices: list[int], shares: list[int], acts: list[str]) -> None:
    seller, buyer = people
    key = f"H-{next(_numbers)}"
    charge = open_charge(
        reference=key,
        buyer=buyer,
        items=[
            item(seller, line(f"{cents / 100:.2f}"), key=f"{key}-{number}", commission=FIVE_PERCENT)
            for number, cents in enumerate(prices, start=1)
        ],
        instalments=[
            InstalmentInput(
                f"part-{number}", "Part", Due.AT_OPENING if number == 1 else Due.AT_DELIVERY, share=share
            )
            for number, share in enumerate(shares, start=1)
        ],
    )
    worth = {part.item.key: part.incl_cents for part in ChargeRelease.objects.filter(item__charge=charge)}
    whole = sum(worth.values())
    received = returned = 0
    kept, released = dict(worth), 0
    for act in acts:
        target = f"{key}-{act[-1]}"
        if act == "pay":
            received += pay(charge)
        elif act == "call":
            call_instalments(charge=lock_charge(charge_id=charge.pk), due=Due.AT_DELIVERY)
        elif act.startswith("back"):
            try:
                refund_items(item_keys=[target], bearer="provider", reason="test")
            except DomainError:
                continue
            kept.pop(target)
            returned = max(returned, received - sum(kept.values()) - released)
        else:
            try:
                release(item_key=target, release_key="step-1")
            except (BalanceOpen, DomainError, TransitionRefused):
                continue
            released += kept.pop(target)
        charge.refresh_from_db()
        asked = open_cents(charge)
        assert (
            sum(Refund.objects.filter(payment__charge=charge).values_list("amount_cents", flat=True))
            == returned
        )
        if charge.state in {"part_paid", "paid"}:
            assert asked == sum(kept.values()) + released - (received - returned)
            assert (charge.state == "paid") is (asked == 0)
        assert released <= received - returned
        assert asked + received <= whole
        for payment in charge.payments.all():
            legs = sum(PayoutLeg.objects.filter(source=payment).values_list("amount_cents", flat=True))
            back = sum(payment.refunds.values_list("amount_cents", flat=True))
            assert legs + back <= payment.received_cents
        assert_ledger_is_clean()

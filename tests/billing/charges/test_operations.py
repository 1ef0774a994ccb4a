"""Opening, settling, lapsing, cancelling and refunding a charge."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from billing.charges.errors import (
    ChargeNotFound,
    ChargeNotPaid,
    NothingToCharge,
    NothingToRefund,
    ReferenceTaken,
    RefundAmountMismatch,
)
from billing.charges.models import Charge, ChargeEvent, ChargeItem, ChargeRelease
from billing.charges.operations import (
    cancel_charge,
    fail_charge_payment,
    lapse_charge,
    lock_charge,
    mark_refunded,
    open_charge,
    refundable_cents,
    settle_charge,
)
from billing.charges.pricing import price_items
from billing.charges.queries import charge_for, item_amounts, vat_of
from billing.charges.verification import verify_charges
from kernel.lifecycle import TransitionRefused
from kernel.outbox.models import OutboxTask
from tests.billing.building import FIVE_PERCENT, cast, give_back, item, line, receive


@pytest.fixture
def people(tenant: Any) -> tuple[Any, Any, Any]:
    return cast()


def opened(people: tuple[Any, Any, Any], reference: str = "order-1", **values: Any) -> Charge:
    _operator, seller, buyer = people
    items = [
        item(seller, line("1000.00"), key=f"{reference}-a", shares=(30, 70), commission=FIVE_PERCENT),
        item(seller, line("99.99", "3", "reduced"), key=f"{reference}-b"),
    ]
    return open_charge(reference=reference, buyer=buyer, items=items, **values)


def test_what_is_shown_is_what_is_stored(people: tuple[Any, Any, Any]) -> None:
    _operator, seller, buyer = people
    wanted = [item(seller, line("33.33", "7"), shares=(1, 1, 1), commission=FIVE_PERCENT)]
    charge = open_charge(reference="order-1", buyer=buyer, items=wanted)
    shown = price_items(buyer=buyer, items=wanted, on=charge.priced_on)
    assert (charge.excl_cents, charge.vat_cents, charge.to_pay_cents) == (
        shown.excl_cents,
        shown.vat_cents,
        shown.incl_cents,
    )
    amounts = item_amounts(["line-1"])["line-1"]
    assert amounts.net_cents == shown.items[0].net_cents
    assert [part.incl_cents for part in amounts.releases.values()] == [
        part.incl_cents for part in shown.items[0].releases
    ]
    assert charge.buyer_snapshot
    assert charge_for("order-1").items.get().seller_snapshot
    assert [(v.base_cents, v.vat_cents) for v in vat_of(charge)] == [(charge.excl_cents, charge.vat_cents)]
    assert verify_charges() == []


def test_a_reference_and_a_key_are_used_once(people: tuple[Any, Any, Any]) -> None:
    opened(people)
    with pytest.raises(ReferenceTaken):
        opened(people)
    _operator, seller, buyer = people
    with pytest.raises(ReferenceTaken):
        open_charge(reference="order-2", buyer=buyer, items=[item(seller, key="order-1-a")])
    with pytest.raises(NothingToCharge):
        open_charge(reference="order-3", buyer=buyer, items=[])
    assert Charge.objects.count() == 1


def test_statements_do_not_grow_with_items(
    people: tuple[Any, Any, Any], django_assert_max_num_queries: Any
) -> None:
    _operator, seller, buyer = people
    many = [item(seller, key=f"line-{number}", shares=(1, 1)) for number in range(20)]
    with django_assert_max_num_queries(14):
        open_charge(reference="order-1", buyer=buyer, items=many)


def test_expiry_is_asked_for(people: tuple[Any, Any, Any]) -> None:
    due = timezone.now() + timedelta(minutes=60)
    charge = opened(people, expires_at=due)
    task = OutboxTask.objects.get(name="payments.expire_charge")
    assert task.due_at == due
    assert task.arguments == {"charge_id": charge.pk}


def test_settling_is_idempotent(people: tuple[Any, Any, Any]) -> None:
    charge = opened(people)
    receive(charge)
    charge.refresh_from_db()
    assert charge.state == "paid"
    with transaction.atomic():
        settle_charge(charge=lock_charge(reference="order-1"), paid_at=timezone.now())
    assert ChargeEvent.objects.filter(kind="charge_paid").count() == 1


def test_a_lapsed_charge_that_turns_out_paid_wins(people: tuple[Any, Any, Any]) -> None:
    charge = opened(people)
    with transaction.atomic():
        lapse_charge(charge=lock_charge(charge_id=charge.pk))
    receive(charge)
    event = ChargeEvent.objects.get(kind="charge_paid")
    assert event.payload["was_lapsed"] is True
    charge.refresh_from_db()
    assert (charge.state, charge.ended_at) == ("paid", None)


def test_a_cancelled_charge_is_not_settled(people: tuple[Any, Any, Any]) -> None:
    opened(people)
    cancelled = cancel_charge(reference="order-1", reason="buyer")
    assert set(ChargeRelease.objects.values_list("state", flat=True)) == {"cancelled"}
    with pytest.raises(TransitionRefused), transaction.atomic():
        settle_charge(charge=lock_charge(charge_id=cancelled.pk), paid_at=timezone.now())
    with pytest.raises(TransitionRefused):
        cancel_charge(reference="order-1", reason="again")


def test_a_failed_attempt_leaves_the_charge_waiting(people: tuple[Any, Any, Any]) -> None:
    charge = opened(people)
    with transaction.atomic():
        fail_charge_payment(charge=lock_charge(charge_id=charge.pk), code="card_declined")
    charge.refresh_from_db()
    assert charge.state == "awaiting_payment"
    assert ChargeEvent.objects.get().payload == {"code": "card_declined"}


def test_unknown_references(tenant: Any) -> None:
    with pytest.raises(ChargeNotFound):
        lock_charge(reference="nobody")
    with pytest.raises(ChargeNotFound):
        charge_for("nobody")
    with pytest.raises(TypeError):
        lock_charge()


def test_a_refund_gives_back_what_is_held(people: tuple[Any, Any, Any]) -> None:
    charge = opened(people)
    receive(charge)
    assert give_back(charge, "order-1-a") == 120000
    found = ChargeItem.objects.get(key="order-1-a")
    assert found.refunded_cents == 120000
    assert refundable_cents(found) == 0
    event = ChargeEvent.objects.get(kind="charge_refunded")
    assert event.payload == {
        "item_key": "order-1-a",
        "release_keys": ["step-1", "step-2"],
        "amount_cents": 120000,
    }
    assert verify_charges() == []


def test_refunds_that_do_not_fit(people: tuple[Any, Any, Any]) -> None:
    charge = opened(people)
    found = ChargeItem.objects.select_related("charge").get(key="order-1-a")
    with pytest.raises(ChargeNotPaid):
        mark_refunded(item=found, amount_cents=120000)
    receive(charge)
    found = ChargeItem.objects.select_related("charge").get(key="order-1-a")
    first = found.releases.get(key="step-1")
    assert refundable_cents(found, first) == 36000
    with pytest.raises(RefundAmountMismatch):
        mark_refunded(item=found, amount_cents=119999)
    mark_refunded(item=found, amount_cents=36000, release=first)
    with pytest.raises(NothingToRefund):
        mark_refunded(item=found, amount_cents=36000, release=first)
    assert refundable_cents(found) == 84000


@pytest.mark.parametrize(
    ("model", "values"),
    [
        (Charge, {"incl_cents": 1}),
        (Charge, {"to_pay_cents": 1}),
        (Charge, {"state": "paid"}),
        (ChargeItem, {"vat_cents": 0}),
        (ChargeItem, {"refunded_cents": 10**9}),
        (ChargeItem, {"commission_excl_cents": 10**9}),
        (ChargeRelease, {"incl_cents": 0}),
        (ChargeRelease, {"commission_vat_cents": 10**9}),
        (ChargeRelease, {"state": "released"}),
    ],
)
def test_the_database_refuses_wrong_sums(
    people: tuple[Any, Any, Any], model: Any, values: dict[str, Any]
) -> None:
    opened(people)
    with pytest.raises(IntegrityError), transaction.atomic():
        model.objects.update(**values)


def test_the_database_refuses_a_wrong_vat(people: tuple[Any, Any, Any]) -> None:
    from billing.charges.models import ChargeReleaseVat

    charge = opened(people)
    assert charge.vat_cents
    with pytest.raises(IntegrityError), transaction.atomic():
        ChargeReleaseVat.objects.filter(vat_rate=20).update(vat_cents=1)


def test_verification_names_what_does_not_add_up(people: tuple[Any, Any, Any]) -> None:
    from billing.charges.models import ChargeReleaseLine

    opened(people)
    ChargeReleaseLine.objects.filter(release__key="step-2").update(excl_cents=1)
    assert {finding.check for finding in verify_charges()} == {"charges.sums"}

"""Releasing approved parts: booked, owed, asked for; once."""

from __future__ import annotations

from typing import Any

import pytest

from billing.charges.errors import ChargeNotPaid
from billing.charges.models import ChargeRelease
from billing.charges.operations import open_charge
from billing.charges.queries import held_cents_of
from billing.ledger.accounts import AccountCode
from billing.ledger.queries import balance, entry_for
from billing.payouts.errors import ReleaseNotFound
from billing.payouts.models import Payout, PayoutLeg
from billing.payouts.operations import release
from billing.payouts.queries import money_of, payouts_of
from kernel.lifecycle import TransitionRefused
from kernel.outbox.models import OutboxTask
from tests.billing.building import FIVE_PERCENT, cast, findings, give_back, item, line, receive


@pytest.fixture
def people(tenant: Any) -> tuple[Any, Any, Any]:
    return cast()


def paid(people: tuple[Any, Any, Any], *shares: int, commission: Any = FIVE_PERCENT) -> Any:
    _operator, seller, buyer = people
    charge = open_charge(
        reference="order-1",
        buyer=buyer,
        items=[item(seller, line("1000.00"), shares=shares or (100,), commission=commission)],
    )
    receive(charge)
    return charge


def tasks(name: str) -> list[dict[str, Any]]:
    return list(OutboxTask.objects.filter(name=name).order_by("pk").values_list("arguments", flat=True))


def test_a_release_is_booked_owed_and_asked_for(people: tuple[Any, Any, Any]) -> None:
    _operator, seller, _buyer = people
    paid(people)
    payout = release(item_key="line-1", release_key="step-1")
    assert (payout.gross_cents, payout.commission_cents, payout.net_cents) == (120000, 6000, 114000)
    assert (payout.state, payout.legs.get().amount_cents) == ("ready", 114000)
    assert balance(AccountCode.HELD) == 0
    assert balance(AccountCode.OWED_TO_PROVIDERS, seller) == -114000
    assert balance(AccountCode.COMMISSIONS) == -5000
    assert balance(AccountCode.OUTPUT_VAT) == -1000
    entry = entry_for(f"release:{payout.release_id}")
    assert entry is not None
    assert entry.posting_count == 4
    assert tasks("payouts.send_leg") == [{"leg_id": payout.legs.get().pk}]
    assert tasks("invoicing.issue_release_invoice") == [{"release_id": payout.release_id}]
    assert tasks("invoicing.issue_commission_invoice") == [{"release_id": payout.release_id}]


def test_without_commission_no_commission_invoice(people: tuple[Any, Any, Any]) -> None:
    from billing.commission.terms import NO_COMMISSION

    paid(people, commission=NO_COMMISSION)
    release(item_key="line-1", release_key="step-1")
    assert tasks("invoicing.issue_commission_invoice") == []


def test_each_step_is_released_alone_and_once(people: tuple[Any, Any, Any]) -> None:
    _operator, seller, _buyer = people
    paid(people, 30, 70)
    assert held_cents_of(seller) == 114000
    first = release(item_key="line-1", release_key="step-1")
    assert first.net_cents == 34200
    money = money_of(seller)
    assert (money.held_cents, money.available_cents, money.sent_cents) == (79800, 34200, 0)
    with pytest.raises(TransitionRefused):
        release(item_key="line-1", release_key="step-1")
    assert Payout.objects.count() == 1
    give_back(ChargeRelease.objects.first().item.charge, "line-1")
    with pytest.raises(TransitionRefused):
        release(item_key="line-1", release_key="step-2")
    assert findings() == []


def test_nothing_is_released_before_payment(people: tuple[Any, Any, Any]) -> None:
    _operator, seller, buyer = people
    open_charge(reference="order-1", buyer=buyer, items=[item(seller)])
    with pytest.raises(ChargeNotPaid):
        release(item_key="line-1", release_key="step-1")
    for keys in (("line-1", "step-9"), ("line-9", "step-1")):
        with pytest.raises(ReleaseNotFound):
            release(item_key=keys[0], release_key=keys[1])


def test_what_the_operator_sells_is_its_own_turnover(people: tuple[Any, Any, Any]) -> None:
    operator, _seller, buyer = people
    charge = open_charge(reference="order-1", buyer=buyer, items=[item(operator, line("100.00"))])
    receive(charge)
    payout = release(item_key="line-1", release_key="step-1")
    assert payout.state == "received"
    assert not PayoutLeg.objects.exists()
    assert balance(AccountCode.OWN_SALES) == -10000
    assert balance(AccountCode.OUTPUT_VAT) == -2000
    assert findings() == []


def test_lists_page_by_key_with_a_fixed_number_of_queries(
    people: tuple[Any, Any, Any], django_assert_num_queries: Any
) -> None:
    _operator, seller, _buyer = people
    paid(people, 1, 1, 1, 1)
    for number in (1, 2, 3, 4):
        release(item_key="line-1", release_key=f"step-{number}")
    with django_assert_num_queries(2):
        page = payouts_of(seller, limit=3)
    assert [row.release.key for row in page.rows] == ["step-4", "step-3", "step-2"]
    assert [row.release.key for row in payouts_of(seller, before=page.next_key, limit=3).rows] == ["step-1"]


def test_verification_names_a_payout_that_differs(people: tuple[Any, Any, Any]) -> None:
    paid(people)
    release(item_key="line-1", release_key="step-1")
    PayoutLeg.objects.update(amount_cents=1)
    assert {found.split(":")[0] for found in findings()} == {"payouts.legs", "payouts.owed"}

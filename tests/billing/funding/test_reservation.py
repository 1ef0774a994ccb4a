"""Aid of an order: reserved when it is placed, owed at approval, free again when it comes to nothing."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from billing.charges.models import Charge, ChargeRelease
from billing.charges.operations import (
    cancel_charge,
    lapse_charge,
    lock_charge,
    settle_charge,
    settle_funded,
)
from billing.funding.claiming import mark_claimed, mark_funded, parts_to_claim, returns_to_claim
from billing.funding.errors import AidChanged
from billing.funding.estimate import estimate_funding
from billing.funding.grants import grant_voucher
from billing.funding.models import Advance, DecisionMode, ProgrammeBudget, Voucher, VoucherPart, VoucherReturn
from billing.ledger.accounts import AccountCode
from billing.ledger.queries import balance
from billing.payouts.credit_transfers import record_credit_transfer
from billing.payouts.models import Payout, PayoutLeg
from billing.payouts.operations import release
from billing.payouts.refunds import refund_released
from kernel.lifecycle import TransitionRefused
from kernel.rules.record import replay
from tenants.parties.models import VatRegimePeriod
from tests.billing.building import findings, give_back, receive
from tests.billing.claims.making import submitted
from tests.billing.funding.making import (
    SITE,
    basket,
    funded,
    programme,
    says_no_aid_elsewhere,
    young_business,
)

YEARS = {"starts_on": datetime.date(2020, 1, 1), "ends_on": datetime.date(2100, 12, 31)}


def open_for_years(slug: str = "cheque", **changes: Any) -> Any:
    """A programme that runs whenever the test does, with 10 000 EUR in every year."""
    a_year = changes.pop("a_year", 1_000_000)
    made = programme(slug, **{"budget_cents": 100_000_000, **YEARS, **changes})
    made.budgets.update(amount_cents=a_year)
    return made


@pytest.fixture
def people(tenant: Any) -> tuple[Any, Any]:
    seller, buyer = young_business(founded_on=timezone.now().date() - datetime.timedelta(days=200))
    says_no_aid_elsewhere(buyer)
    return seller, buyer


def reserved() -> int:
    return sum(ProgrammeBudget.objects.values_list("reserved_cents", flat=True))


def voucher() -> Voucher:
    return Voucher.objects.get()


def lapse(charge: Charge) -> None:
    with transaction.atomic():
        lapse_charge(charge=lock_charge(charge_id=charge.pk))


def pay_late(charge: Charge) -> list[str]:
    receive(charge)
    return charge.events.get(kind="charge_paid").payload["unfunded"]


def test_what_was_estimated_is_reserved_to_the_cent(people: tuple[Any, Any]) -> None:
    seller, buyer = people
    open_for_years()
    priced = basket(seller, buyer, "333.33", shares=(30, 70))
    seen = estimate_funding(priced=priced, buyer=buyer, item_facts={"line-1": SITE}, on=timezone.now().date())
    charge = funded(seller, buyer, "333.33", shares=(30, 70), expected_to_pay_cents=seen.to_pay_cents)
    assert (charge.cofunded_cents, charge.to_pay_cents) == (16_667, 40_000 - 16_667)
    assert reserved() == 16_667
    parts = list(ChargeRelease.objects.order_by("position").values_list("cofunded_cents", "cofunding"))
    assert [cents for cents, _shares in parts] == [5_000, 11_667]
    assert [share["cents"] for _cents, shares in parts for share in shares] == [5_000, 11_667]
    assert parts[0][1][0]["funder"] == "Région"
    kept = voucher()
    assert (kept.state, kept.held_cents, kept.budget.year) == ("reserved", 16_667, charge.priced_on.year)
    record = kept.decision["order-1-1"]
    assert replay(record, kept.programme.revisions.get().document).outcome == "yes"
    assert findings() == []


def test_another_amount_than_was_seen_opens_nothing(people: tuple[Any, Any]) -> None:
    seller, buyer = people
    open_for_years(a_year=3_000)
    with pytest.raises(AidChanged) as told:
        funded(seller, buyer, "100.00", expected_to_pay_cents=7_000)
    assert str(told.value).startswith("L’aide a changé entre-temps : il reste 90,00\xa0€ à payer")
    assert not Charge.objects.exists()
    assert reserved() == 0
    funded(seller, buyer, "100.00", expected_to_pay_cents=9_000)
    assert reserved() == 3_000


def test_aid_that_pays_all_needs_no_payment(people: tuple[Any, Any]) -> None:
    seller, buyer = people
    open_for_years(rate_percent=Decimal(100))
    VatRegimePeriod.objects.filter(party=seller).update(regime="franchise")
    charge = funded(seller, buyer, "100.00", expires_at=timezone.now())
    assert (charge.to_pay_cents, charge.expires_at) == (0, None)
    assert settle_funded(reference="order-1").state == "paid"
    assert findings() == []
    payout = release(item_key="order-1-1", release_key="step-1")
    assert [(leg.rail, leg.state) for leg in payout.legs.all()] == [("credit_transfer", "awaits_funder")]
    assert balance(AccountCode.OWED_BY_FUNDERS) == 10_000
    assert findings() == []


def test_approval_makes_the_funder_owe_and_splits_the_payout(people: tuple[Any, Any]) -> None:
    seller, buyer = people
    found = open_for_years(expected_payment_days=45)
    charge = funded(seller, buyer, "100.00", shares=(50, 50))
    receive(charge)
    assert balance(AccountCode.HELD) == -7_000
    payout = release(item_key="order-1-1", release_key="step-1")
    legs = {leg.rail: leg for leg in payout.legs.all()}
    assert {rail: leg.amount_cents for rail, leg in legs.items()} == {
        "stripe_transfer": 3_500,
        "credit_transfer": 2_500,
    }
    waiting = legs["credit_transfer"]
    assert waiting.state == "awaits_funder"
    assert waiting.expected_on == VoucherPart.objects.get(consumed_cents__gt=0).consumed_on + (
        datetime.timedelta(days=45)
    )
    assert balance(AccountCode.OWED_BY_FUNDERS, found.funder) == 2_500
    assert balance(AccountCode.HELD) == -3_500
    assert voucher().state == "reserved"
    release(item_key="order-1-1", release_key="step-2")
    assert (voucher().state, voucher().held_cents, reserved()) == ("consumed", 5_000, 5_000)
    assert findings() == []


def test_money_that_is_advanced_can_leave_at_once(people: tuple[Any, Any]) -> None:
    seller, buyer = people
    open_for_years(advance=Advance.ON_APPROVAL)
    receive(funded(seller, buyer, "100.00"))
    payout = release(item_key="order-1-1", release_key="step-1")
    assert payout.legs.get(rail="credit_transfer").state == "ready"


def test_the_leg_leaves_when_the_funder_has_paid(people: tuple[Any, Any]) -> None:
    seller, buyer = people
    found = open_for_years()
    receive(funded(seller, buyer, "100.00"))
    payout = release(item_key="order-1-1", release_key="step-1")
    leg = payout.legs.get(rail="credit_transfer")
    today = timezone.now().date()
    with pytest.raises(TransitionRefused):
        record_credit_transfer(leg_id=leg.pk, paid_on=today, reference="VIR 1", user=None)
    parts = list(parts_to_claim(found, until=today + datetime.timedelta(days=1)))
    mark_funded(parts=parts, at=timezone.now())
    assert PayoutLeg.objects.get(pk=leg.pk).state == "awaits_funder"
    submitted(found)
    assert mark_claimed(parts=parts, returns=[], at=timezone.now()) == (0, 0)
    mark_funded(parts=parts, at=timezone.now())
    assert PayoutLeg.objects.get(pk=leg.pk).state == "ready"
    record_credit_transfer(leg_id=leg.pk, paid_on=today, reference="VIR 1", user=None)
    assert PayoutLeg.objects.get(pk=leg.pk).state == "sent"
    assert balance(AccountCode.BANK) == -5_000
    assert Payout.objects.get().state == "ready"
    assert findings() == []


def test_cancelled_or_given_back_before_approval_it_is_free(people: tuple[Any, Any]) -> None:
    seller, buyer = people
    open_for_years(max_vouchers_per_business=9)
    funded(seller, buyer, "100.00")
    cancel_charge(reference="order-1", reason="cancelled")
    assert (voucher().state, reserved()) == ("released", 0)
    charge = funded(seller, buyer, "100.00", "50.00", reference="order-2")
    receive(charge)
    give_back(charge, "order-2-2")
    assert reserved() == 5_000
    release(item_key="order-2-1", release_key="step-1")
    assert Voucher.objects.get(charge=charge).state == "consumed"
    assert findings() == []


def test_a_lapsed_order_that_turns_out_paid_gets_its_aid_again(people: tuple[Any, Any]) -> None:
    seller, buyer = people
    open_for_years()
    charge = funded(seller, buyer, "100.00")
    lapse(charge)
    assert (voucher().state, reserved()) == ("released", 0)
    assert pay_late(charge) == []
    assert (voucher().state, reserved()) == ("reserved", 5_000)
    assert findings() == []


def test_aid_that_is_gone_meanwhile_is_named_by_item(people: tuple[Any, Any]) -> None:
    seller, buyer = people
    open_for_years()
    charge = funded(seller, buyer, "100.00")
    lapse(charge)
    # The only voucher that the business may have now pays for another order.
    funded(seller, buyer, "80.00", reference="order-2")
    assert pay_late(charge) == ["order-1-1"]
    give_back(charge, "order-1-1")
    assert reserved() == 4_000
    assert findings() == []


def test_a_refund_after_approval_gives_back_in_the_stored_proportion(people: tuple[Any, Any]) -> None:
    seller, buyer = people
    found = open_for_years()
    VatRegimePeriod.objects.filter(party=seller).update(regime="franchise")
    charge = funded(seller, buyer, "100.00")
    receive(charge)
    release(item_key="order-1-1", release_key="step-1")
    part = ChargeRelease.objects.get()
    from billing.funding.settlement import give_back as return_aid

    part.item.charge = charge
    [posting] = return_aid(release=part, amount_cents=1_000, source="return:1")
    assert (posting.account, posting.amount_cents, posting.party) == ("467300", -1_000, found.funder)
    mark_claimed(
        parts=list(parts_to_claim(found, until=datetime.date(2100, 1, 1))), returns=[], at=timezone.now()
    )
    [posting] = return_aid(release=part, amount_cents=500, source="return:2")
    assert (posting.account, posting.amount_cents) == ("467350", -500)
    assert [row.amount_cents for row in returns_to_claim(found, until=datetime.date(2100, 1, 1))] == [500]
    assert (voucher().held_cents, reserved()) == (3_500, 3_500)
    part_of_it = VoucherPart.objects.get()
    # The negative line takes off what was returned after the claim, the part itself does not.
    assert (part_of_it.claimable_cents, part_of_it.returnable_cents) == (4_000, 3_500)
    return_aid(release=part, amount_cents=3_500, source="return:3")
    assert (voucher().state, reserved(), VoucherReturn.objects.count()) == ("released", 0, 3)


def test_a_refund_of_what_aid_paid_whole_sends_no_money(people: tuple[Any, Any]) -> None:
    seller, buyer = people
    open_for_years(rate_percent=Decimal(100))
    VatRegimePeriod.objects.filter(party=seller).update(regime="franchise")
    funded(seller, buyer, "100.00")
    settle_funded(reference="order-1")
    release(item_key="order-1-1", release_key="step-1")
    made = refund_released(
        item_key="order-1-1", release_key="step-1", amount_cents=10_000, bearer="provider", reason="Rien"
    )
    assert (made.cofunded_cents, made.to_buyer_cents, reserved()) == (10_000, 0, 0)
    assert balance(AccountCode.OWED_BY_FUNDERS) == 0
    assert findings() == []


def test_ceilings_of_a_business_count_what_it_has(people: tuple[Any, Any]) -> None:
    seller, buyer = people
    open_for_years(max_vouchers_per_business=2, cap_business_cents=8_000)
    assert funded(seller, buyer, "100.00").cofunded_cents == 5_000
    assert funded(seller, buyer, "100.00", reference="order-2").cofunded_cents == 3_000
    assert funded(seller, buyer, "100.00", reference="order-3").cofunded_cents == 0
    cancel_charge(reference="order-1", reason="cancelled")
    assert funded(seller, buyer, "60.00", reference="order-4").cofunded_cents == 3_000


def test_aid_given_here_counts_under_the_european_ceiling(people: tuple[Any, Any]) -> None:
    seller, buyer = people
    open_for_years(max_vouchers_per_business=9)
    from billing.funding.operations import answer_facts

    answer_facts(party=buyer, answers={"asked.deminimis_received": 30_000_000 - 7_000}, user=None)
    assert funded(seller, buyer, "100.00").cofunded_cents == 5_000
    assert funded(seller, buyer, "100.00", reference="order-2").cofunded_cents == 2_000
    assert funded(seller, buyer, "100.00", reference="order-3").cofunded_cents == 0


def test_what_staff_must_review_needs_their_grant(people: tuple[Any, Any]) -> None:
    seller, buyer = people
    found = open_for_years(decision=DecisionMode.REVIEWED)
    assert funded(seller, buyer, "100.00").cofunded_cents == 0
    grant_voucher(programme=found, amount_cents=8_000, user=None, party=buyer)
    assert reserved() == 8_000
    charge = funded(seller, buyer, "100.00", reference="order-2")
    assert (charge.cofunded_cents, reserved()) == (5_000, 5_000)
    assert (voucher().state, voucher().granted_cents) == ("reserved", 8_000)
    # The order comes to nothing: what was granted is there again.
    lapse(charge)
    again = Voucher.objects.get(state="granted")
    assert (again.amount_cents, again.renews.charge_id, reserved()) == (8_000, charge.pk, 8_000)
    assert pay_late(charge) == []
    again.refresh_from_db()
    assert (again.state, reserved()) == ("revoked", 5_000)
    assert findings() == []


def test_stacked_programmes_pay_each_on_what_is_left(people: tuple[Any, Any]) -> None:
    seller, buyer = people
    open_for_years("premier", stackable=True, stacking_order=1)
    open_for_years("second", stackable=True, stacking_order=2)
    charge = funded(seller, buyer, "100.00", shares=(30, 70))
    assert charge.cofunded_cents == 5_000 + 2_500
    receive(charge)
    release(item_key="order-1-1", release_key="step-1")
    give_back(charge, "order-1-1")
    assert sorted(Voucher.objects.values_list("held_cents", flat=True)) == [750, 1_500]
    assert findings() == []
    assert {budget.reserved_cents for budget in ProgrammeBudget.objects.filter(reserved_cents__gt=0)} == {
        750,
        1_500,
    }


def test_a_paid_charge_stays_as_it_is_when_it_is_settled_again(people: tuple[Any, Any]) -> None:
    seller, buyer = people
    open_for_years()
    charge = funded(seller, buyer, "100.00")
    receive(charge)
    with transaction.atomic():
        settle_charge(charge=lock_charge(charge_id=charge.pk), paid_at=timezone.now())
    assert settle_funded(reference="order-1").state == "paid"
    assert reserved() == 5_000

"""Random lives of vouchers against a naive model: budgets, funders’ debts and the ledger always agree."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.charges.models import Charge, ChargeRelease
from billing.charges.operations import cancel_charge, lapse_charge, lock_charge
from billing.claims.errors import NothingToClaim
from billing.claims.models import Claim
from billing.claims.operations import withdraw_claim
from billing.funding.models import ProgrammeBudget, Voucher, VoucherPart
from billing.funding.settlement import give_back as return_aid
from billing.ledger.accounts import AccountCode
from billing.ledger.operations import PostingInput, post_entry
from billing.ledger.queries import balance
from billing.payouts.operations import release
from kernel.lifecycle import TransitionRefused
from tests.billing.building import findings, give_back, receive
from tests.billing.claims.making import paid, submitted
from tests.billing.funding.making import funded, says_no_aid_elsewhere, young_business
from tests.billing.funding.test_reservation import open_for_years

STEPS = 10
BUDGET = 12_000
ACTS = (
    "order",
    "order",
    "pay",
    "approve",
    "approve",
    "cancel",
    "lapse",
    "give_back",
    "claim",
    "refund",
    "claim",
    "withdraw",
    "fund",
    "refund",
)
history = st.lists(
    st.tuples(st.sampled_from(ACTS), st.integers(0, 10**6), st.integers(1, 12_000)),
    min_size=STEPS,
    max_size=STEPS,
)
long_history = st.lists(history, min_size=3, max_size=3).map(
    lambda parts: [one for part in parts for one in part]
)


@dataclass
class NaiveClaim:
    """What a claim should be, in cents."""

    keys: set[tuple[int, int]]
    returns: int
    asked: int
    paid: int = 0
    live: bool = True


@dataclass
class Naive:
    """What should be: cents held by order and part, owed by the funder, owed to it; no rule but addition."""

    held: dict[tuple[int, int], int] = field(default_factory=dict)
    lost: dict[tuple[int, int], int] = field(default_factory=dict)
    paid: dict[tuple[int, int], int] = field(default_factory=dict)
    asks: dict[tuple[int, int], int] = field(default_factory=dict)
    claimed: set[tuple[int, int]] = field(default_factory=set)
    claims: dict[int, NaiveClaim] = field(default_factory=dict)
    owed: int = 0
    to_give_back: int = 0
    bank: int = 0

    @property
    def left(self) -> int:
        """What the budget should still have."""
        return BUDGET - sum(self.held.values())


class World:
    """The orders of one seller with the model beside them."""

    def __init__(self, seller: Any, buyer: Any, programme: Any) -> None:
        self.seller, self.buyer, self.programme = seller, buyer, programme
        self.orders: list[Charge] = []
        self.model = Naive()

    def order(self, _pick: int, cents: int) -> None:
        charge = funded(
            self.seller,
            self.buyer,
            f"{cents / 100 + 1:.2f}",
            reference=f"order-{len(self.orders)}",
            shares=(30, 70),
        )
        base = charge.excl_cents
        assert charge.cofunded_cents == min((base + 1) // 2, 50_000, self.model.left)
        place = len(self.orders)
        for part in ChargeRelease.objects.filter(item__charge=charge):
            self.model.held[place, part.pk] = part.cofunded_cents
        self.orders.append(charge)

    def pay(self, pick: int, _cents: int) -> None:
        place = self.pick(pick, "awaiting_payment", "lapsed")
        if place is None:
            return
        charge = self.orders[place]
        gone = {key: cents for key, cents in self.model.lost.items() if key[0] == place}
        fits = sum(gone.values()) <= self.model.left
        receive(charge)
        unfunded = charge.events.get(kind="charge_paid").payload["unfunded"]
        assert bool(unfunded) == bool(sum(gone.values()) and not fits)
        if unfunded:
            give_back(charge, f"order-{place}-1")
        elif gone:
            self.model.held |= gone
        self.model.lost = {key: cents for key, cents in self.model.lost.items() if key[0] != place}

    def approve(self, pick: int, _cents: int) -> None:
        place = self.pick(pick, "paid")
        part = self.part(place, "held")
        if part is not None:
            release(item_key=part.item.key, release_key=part.key)
            self.model.owed += self.model.held[place, part.pk]
            self.model.paid[place, part.pk] = self.model.held[place, part.pk]
            self.model.asks[place, part.pk] = self.model.held[place, part.pk]

    def cancel(self, pick: int, _cents: int) -> None:
        place = self.pick(pick, "awaiting_payment")
        if place is not None:
            cancel_charge(reference=f"order-{place}", reason="cancelled")
            self.forget(place)

    def lapse(self, pick: int, _cents: int) -> None:
        place = self.pick(pick, "awaiting_payment")
        if place is not None:
            with transaction.atomic():
                lapse_charge(charge=lock_charge(charge_id=self.orders[place].pk))
            self.model.lost |= {key: cents for key, cents in self.model.held.items() if key[0] == place}
            self.forget(place)

    def give_back(self, pick: int, _cents: int) -> None:
        place = self.pick(pick, "paid")
        if place is not None and self.part(place, "held") is not None:
            give_back(self.orders[place], f"order-{place}-1")
            for key in [key for key in self.model.held if key[0] == place and key not in self.model.paid]:
                del self.model.held[key]

    def claim(self, _pick: int, _cents: int) -> None:
        model = self.model
        keys = {key for key, cents in model.asks.items() if cents and key not in model.claimed}
        if not keys and not model.to_give_back:
            with pytest.raises(NothingToClaim):
                submitted(self.programme)
            return
        asked = sum(model.asks[key] for key in keys) - model.to_give_back
        claim = submitted(self.programme)
        assert (claim.asked_cents, claim.state == "paid") == (asked, asked == 0)
        model.claims[claim.pk] = NaiveClaim(keys, model.to_give_back, asked)
        model.claimed |= keys
        model.owed -= model.to_give_back
        model.to_give_back = 0

    def withdraw(self, pick: int, _cents: int) -> None:
        key = self.open_claim(pick)
        if key is None:
            return
        claim = self.model.claims[key]
        if claim.paid:
            with pytest.raises(TransitionRefused):
                withdraw_claim(claim_id=key, reason="Erreur", user=None)
            return
        withdraw_claim(claim_id=key, reason="Erreur", user=None)
        claim.live = False
        self.model.claimed -= claim.keys
        self.model.owed += claim.returns
        self.model.to_give_back += claim.returns

    def fund(self, pick: int, cents: int) -> None:
        key = self.open_claim(pick)
        if key is None:
            return
        claim = self.model.claims[key]
        cents = min(cents, abs(claim.asked - claim.paid))
        paid(Claim.objects.get(pk=key), cents)
        came = cents if claim.asked > 0 else -cents
        claim.paid += came
        self.model.owed -= came
        self.model.bank += came

    def refund(self, pick: int, cents: int) -> None:
        live = sorted(key for key in self.model.paid if self.model.held[key])
        if not live:
            return
        key = live[pick % len(live)]
        share = min(cents, self.model.held[key])
        part = ChargeRelease.objects.select_related("item").get(pk=key[1])
        with transaction.atomic():
            part.item.charge = lock_charge(charge_id=part.item.charge_id)
            source = f"return:{part.pk}:{self.model.held[key]}"
            given = return_aid(release=part, amount_cents=share, source=source)
            post_entry(
                source=source,
                kind="refund_after_release",
                occurred_on=timezone.now().date(),
                postings=[PostingInput(AccountCode.REFUNDS_BORNE, share), *given],
            )
        self.model.held[key] -= share
        if key in self.model.claimed:
            self.model.to_give_back += share
        else:
            self.model.asks[key] -= share
            self.model.owed -= share

    def pick(self, pick: int, *states: str) -> int | None:
        """An order in one of the states."""
        found = [
            place
            for place, charge in enumerate(self.orders)
            if Charge.objects.values_list("state", flat=True).get(pk=charge.pk) in states
        ]
        return found[pick % len(found)] if found else None

    def open_claim(self, pick: int) -> int | None:
        """A claim that is neither withdrawn nor settled."""
        found = [key for key, claim in self.model.claims.items() if claim.live and claim.paid != claim.asked]
        return found[pick % len(found)] if found else None

    def part(self, place: int | None, state: str) -> ChargeRelease | None:
        """The first part of an order in a state."""
        if place is None:
            return None
        parts = ChargeRelease.objects.filter(item__charge=self.orders[place], state=state)
        return parts.select_related("item").order_by("position").first()

    def forget(self, place: int) -> None:
        """An order holds nothing any more."""
        self.model.held = {key: cents for key, cents in self.model.held.items() if key[0] != place}

    def agrees(self) -> None:
        """Budget, vouchers, funders' accounts and all checks of the ledger say what the model says."""
        year = timezone.now().year
        budget = ProgrammeBudget.objects.get(programme=self.programme, year=year)
        assert budget.left_cents == self.model.left
        held = {key: cents for key, cents in self.model.held.items() if cents}
        parts = VoucherPart.objects.select_related("voucher__charge")
        assert {
            (int(part.voucher.charge.reference.split("-")[1]), part.release_id): part.held_cents
            for part in parts
            if part.held_cents
        } == held
        assert balance(AccountCode.OWED_BY_FUNDERS) == self.model.owed
        assert -balance(AccountCode.FUNDER_ADVANCES) == self.model.to_give_back
        assert balance(AccountCode.BANK) == self.model.bank


def findings_of_money() -> list[str]:
    """Refunds of this test book the aid alone: returns of charges are the settlement histories' subject."""
    return [one for one in findings() if not one.startswith(("payouts.returns", "charges.returns"))]


def live(tenant: Any, steps: list[tuple[str, int, int]]) -> None:
    with transaction.atomic():
        seller, buyer = young_business(founded_on=timezone.now().date() - datetime.timedelta(days=200))
        says_no_aid_elsewhere(buyer)
        programme = open_for_years(a_year=BUDGET, max_vouchers_per_business=99)
        world = World(seller, buyer, programme)
        world.order(0, 9_000)
        world.pay(0, 0)
        for act, pick, cents in steps:
            getattr(world, act)(pick, cents)
            world.agrees()
        assert findings_of_money() == []
        assert Voucher.objects.filter(held_cents__lt=0).count() == 0
        transaction.set_rollback(True)


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
@given(steps=history)
def test_random_lives_agree_with_a_naive_model(tenant: Any, steps: list[tuple[str, int, int]]) -> None:
    live(tenant, steps)


@pytest.mark.soak
@pytest.mark.timeout(1200)
@settings(max_examples=600, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(history, min_size=3, max_size=3).map(lambda parts: [one for part in parts for one in part])
)
def test_many_random_lives_agree_with_a_naive_model(tenant: Any, steps: list[tuple[str, int, int]]) -> None:
    live(tenant, steps)

"""Random histories of payments, releases and refunds against a naive model of the same refusals and sums."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.charges.models import Charge
from billing.charges.operations import cancel_charge, lapse_charge, lock_charge, open_charge
from billing.ledger.accounts import AccountCode
from billing.ledger.models import Posting
from billing.payouts.operations import release
from kernel.errors import DomainError
from tests.billing.building import FIVE_PERCENT, cast, findings, give_back, item, line, receive

_references = itertools.count(1)


@dataclass
class Part:
    """One step as the model sees it, in cents."""

    gross: int
    commission_excl: int
    commission_vat: int
    state: str = "held"


@dataclass
class Deal:
    """One charge as the model sees it: items of steps."""

    charge: Charge
    items: dict[str, dict[str, Part]]
    state: str = "awaiting_payment"


@dataclass
class Model:
    """The naive ledger: plain additions."""

    balances: Counter[str] = field(default_factory=Counter)

    def move(self, debit: str, credit: str, cents: int) -> None:
        self.balances[debit] += cents
        self.balances[credit] -= cents

    def pay(self, deal: Deal, **_: Any) -> bool:
        if deal.state == "cancelled":
            return False
        if deal.state != "paid":
            self.move(AccountCode.GATEWAY, AccountCode.HELD, deal.charge.to_pay_cents)
            deal.state = "paid"
        return True

    def release(self, deal: Deal, item_key: str, step: str) -> bool:
        part = deal.items[item_key].get(step)
        if part is None or deal.state != "paid" or part.state != "held":
            return False
        part.state = "released"
        net = part.gross - part.commission_excl - part.commission_vat
        self.move(AccountCode.HELD, AccountCode.OWED_TO_PROVIDERS, net)
        self.move(AccountCode.HELD, AccountCode.COMMISSIONS, part.commission_excl)
        self.move(AccountCode.HELD, AccountCode.OUTPUT_VAT, part.commission_vat)
        return True

    def refund(self, deal: Deal, item_key: str, **_: Any) -> bool:
        held = [part for part in deal.items[item_key].values() if part.state == "held"]
        if deal.state != "paid" or not held:
            return False
        for part in held:
            part.state = "cancelled"
            self.move(AccountCode.HELD, AccountCode.REFUNDS_DUE, part.gross)
        return True

    def lapse(self, deal: Deal, **_: Any) -> bool:
        return self._end(deal, "lapsed")

    def cancel(self, deal: Deal, **_: Any) -> bool:
        return self._end(deal, "cancelled")

    def _end(self, deal: Deal, state: str) -> bool:
        if deal.state != "awaiting_payment":
            return False
        deal.state = state
        return True


def act(kind: str, deal: Deal, item_key: str, step: str) -> None:
    """The same act on the real thing."""
    acts: dict[str, Callable[[], object]] = {
        "pay": lambda: receive(deal.charge),
        "release": lambda: release(item_key=item_key, release_key=step),
        "refund": lambda: give_back(deal.charge, item_key),
        "lapse": lambda: lapse_charge(charge=lock_charge(charge_id=deal.charge.pk)),
        "cancel": lambda: cancel_charge(reference=deal.charge.reference, reason="test"),
    }
    acts[kind]()


def opened(people: Any, items: list[tuple[str, list[int]]]) -> Deal:
    _operator, seller, buyer = people
    reference = f"history-{next(_references)}"
    charge = open_charge(
        reference=reference,
        buyer=buyer,
        items=[
            item(
                seller,
                line(price),
                key=f"{reference}-{number}",
                shares=tuple(shares),
                commission=FIVE_PERCENT,
            )
            for number, (price, shares) in enumerate(items)
        ],
    )
    return Deal(
        charge=charge,
        items={
            row.key: {
                part.key: Part(part.incl_cents, part.commission_excl_cents, part.commission_vat_cents)
                for part in row.releases.all()
            }
            for row in charge.items.order_by("position")
        },
    )


def booked() -> dict[str, int]:
    found: Counter[str] = Counter()
    for code, cents in Posting.objects.values_list("account__code", "amount_cents"):
        found[code] += cents
    return {code: cents for code, cents in found.items() if cents}


@pytest.fixture
def people(tenant: Any) -> Any:
    return cast()


prices = st.decimals(min_value=1, max_value=5000, places=2).map(str)
items = st.lists(
    st.tuples(prices, st.lists(st.integers(1, 9), min_size=1, max_size=3)), min_size=1, max_size=2
)
acts = st.tuples(
    st.sampled_from(["pay", "pay", "release", "release", "release", "refund", "lapse", "cancel"]),
    st.integers(0, 1),
    st.integers(0, 1),
    st.sampled_from(["step-1", "step-2", "step-3"]),
    # Everything comes twice now and then: a double click, a repeated message.
    st.sampled_from([1, 1, 2]),
)


# However it went, somebody approves the first part and gives the rest back, each of it twice.
LAST = tuple((kind, which, 0, "step-1", 2) for which in (0, 1) for kind in ("pay", "release", "refund"))


@given(first=items, second=items, history=st.lists(acts, max_size=14))
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_history_ends_as_the_naive_model_says(
    people: Any, first: Any, second: Any, history: list[tuple[str, int, int, str, int]]
) -> None:
    before = booked()
    model = Model()
    deals = [opened(people, first), opened(people, second)]
    repeated = [act for act in (*history, *LAST) for _ in range(act[4])]
    for kind, which, item_number, step, _times in repeated:
        deal = deals[which]
        keys = list(deal.items)
        item_key = keys[item_number % len(keys)]
        allowed = getattr(model, kind)(deal, item_key=item_key, step=step)
        try:
            act(kind, deal, item_key, step)
        except DomainError:
            assert not allowed, f"{kind} was refused in state {deal.state}"
        else:
            assert allowed, f"{kind} passed in state {deal.state}"
    after = booked()
    moved = {code: after.get(code, 0) - before.get(code, 0) for code in after.keys() | before.keys()}
    assert {code: cents for code, cents in moved.items() if cents} == {
        code: cents for code, cents in model.balances.items() if cents
    }
    assert sum(after.values()) == 0
    assert findings() == []

"""Fifty shoppers on the last euros of a budget: what fits is given, to the cent, and nothing more."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.utils import timezone

from billing.charges.models import Charge
from billing.funding.errors import AidChanged
from billing.funding.models import ProgrammeBudget, Voucher
from tests.billing.building import findings, party
from tests.billing.funding.making import funded, says_no_aid_elsewhere, young_business
from tests.billing.funding.test_reservation import open_for_years

SHOPPERS = 50


def together(tenant: Any, acts: list[Callable[[], Any]]) -> list[Any]:
    """Run the acts in threads that begin together; results or refusals in order."""
    results: list[Any] = [None] * len(acts)
    gate = threading.Barrier(len(acts))

    def run(place: int, act: Callable[[], Any]) -> None:
        connection.set_tenant(tenant)
        gate.wait(60)
        try:
            results[place] = act()
        except AidChanged as refusal:
            results[place] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    return results


def test_fifty_shoppers_on_the_last_euros(committing_tenant: Any) -> None:
    seller, first = young_business(founded_on=timezone.now().date() - datetime.timedelta(days=200))
    buyers = [first]
    for _number in range(SHOPPERS - 1):
        buyer = party(role="business")
        buyer.founded_on, buyer.headcount = first.founded_on, 2
        buyer.save()
        buyers.append(buyer)
    says_no_aid_elsewhere(*buyers)
    # Twenty vouchers of 50 EUR fit, and 12.34 EUR are left.
    open_for_years(a_year=101_234)
    placed = together(
        committing_tenant,
        [
            lambda place=place, buyer=buyer: funded(
                seller, buyer, "100.00", reference=f"order-{place}", expected_to_pay_cents=7_000
            )
            for place, buyer in enumerate(buyers)
        ],
    )
    assert sum(isinstance(one, Charge) for one in placed) == 20
    refused = [buyer for buyer, one in zip(buyers, placed, strict=True) if isinstance(one, AidChanged)]
    assert len(refused) == 30
    # Those who were told confirm: one gets what is left, nobody is refused the order itself.
    again = together(
        committing_tenant,
        [
            lambda place=place, buyer=buyer: funded(seller, buyer, "100.00", reference=f"again-{place}")
            for place, buyer in enumerate(refused)
        ],
    )
    assert sorted(charge.cofunded_cents for charge in again) == [0] * 29 + [1_234]
    assert sorted(Voucher.objects.values_list("amount_cents", flat=True)) == [1_234] + [5_000] * 20
    budget = ProgrammeBudget.objects.get(year=timezone.now().year)
    assert (budget.reserved_cents, budget.left_cents) == (101_234, 0)
    assert findings() == []


def test_one_business_at_twelve_counters_gets_what_it_may_have(committing_tenant: Any) -> None:
    seller, buyer = young_business(founded_on=timezone.now().date() - datetime.timedelta(days=200))
    says_no_aid_elsewhere(buyer)
    open_for_years("premier", max_vouchers_per_business=3, cap_business_cents=12_000)
    placed = together(
        committing_tenant,
        [
            lambda place=place: funded(seller, buyer, "100.00", reference=f"order-{place}")
            for place in range(12)
        ],
    )
    assert sorted(charge.cofunded_cents for charge in placed) == [0] * 9 + [2_000, 5_000, 5_000]
    assert findings() == []

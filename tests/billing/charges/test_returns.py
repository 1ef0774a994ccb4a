"""Shares of what is given back after a release: exact in sum, never negative, never far from proportion."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing.charges.errors import NothingToRefund, RefundAmountMismatch
from billing.charges.models import ChargeRelease, ChargeReturn
from billing.charges.operations import lock_charge, mark_released, open_charge
from billing.charges.returns import _reached, mark_returned, price_return, returnable_cents
from tests.billing.building import FIVE_PERCENT, cast, item, line, receive


def released(reference: str, *lines: Any) -> ChargeRelease:
    _operator, seller, buyer = cast()
    charge = open_charge(
        reference=reference,
        buyer=buyer,
        items=[item(seller, *lines, key=reference, commission=FIVE_PERCENT)],
    )
    receive(charge)
    locked = lock_charge(charge_id=charge.pk)
    part = ChargeRelease.objects.select_related("item").get(item__key=reference)
    part.item.charge = locked
    mark_released(release=part, released_at=timezone.now())
    return part


def give(part: ChargeRelease, cents: int, bearer: str = "provider") -> ChargeReturn:
    return mark_returned(
        release=part,
        amount_cents=cents,
        bearer=bearer,
        corrects_sale=bearer == "provider",
        reason="essai",
        at=timezone.now(),
        on=date(2026, 11, 23),
    )


def test_a_third_gives_a_third_of_everything(tenant: Any) -> None:
    part = released("R-1", line("90.00"))
    made = give(part, 3600)
    assert (made.incl_cents, made.excl_cents, made.vat_cents) == (3600, 3000, 600)
    assert (made.commission_excl_cents, made.commission_vat_cents) == (150, 30)
    assert made.seller_cents == 3420
    assert returnable_cents(part) == 7200
    part.item.refresh_from_db()
    assert part.item.refunded_cents == 3600


def test_a_gesture_of_the_operator_leaves_sale_and_commission(tenant: Any) -> None:
    part = released("R-1", line("90.00"))
    made = give(part, 3600, "operator")
    assert (made.excl_cents, made.vat_cents, made.commission_incl_cents, made.seller_cents) == (3600, 0, 0, 0)
    assert not made.vat_breakdown.exists()


@pytest.mark.parametrize("cents", [0, -1, 10801])
def test_not_more_than_is_left(tenant: Any, cents: int) -> None:
    part = released("R-1", line("90.00"))
    with pytest.raises(RefundAmountMismatch):
        price_return(release=part, amount_cents=cents, corrects_sale=True)


def test_nothing_after_everything(tenant: Any) -> None:
    part = released("R-1", line("90.00"))
    give(part, 10800)
    with pytest.raises(NothingToRefund):
        price_return(release=part, amount_cents=1, corrects_sale=True)


@given(
    prices=st.lists(
        st.tuples(
            st.decimals(min_value=Decimal("0.01"), max_value=3000, places=2).map(str),
            st.sampled_from(["standard", "intermediate", "reduced", "super_reduced", "outside_scope"]),
        ),
        min_size=1,
        max_size=4,
    ),
    cuts=st.lists(st.tuples(st.integers(1, 10**6), st.booleans()), max_size=6),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_many_partial_returns_give_what_one_whole_return_gives(
    tenant: Any, prices: list[tuple[str, str]], cuts: list[tuple[int, bool]]
) -> None:
    with transaction.atomic():
        part = released("R-1", *(line(price, vat_kind=kind) for price, kind in prices))
        made = []
        for share, by_operator in cuts:
            left = returnable_cents(part)
            cents = max(1, left * share // 10**6)
            if left:
                made.append(give(part, cents, "operator" if by_operator else "provider"))
        if returnable_cents(part):
            made.append(give(part, returnable_cents(part)))
        assert sum(one.incl_cents for one in made) == part.incl_cents
        corrected = [one for one in made if one.corrects_sale]
        if len(corrected) == len(made):
            assert sum(one.vat_cents for one in corrected) == part.vat_cents
            assert sum(one.commission_excl_cents for one in corrected) == part.commission_excl_cents
            assert sum(one.commission_vat_cents for one in corrected) == part.commission_vat_cents
            for row in part.vat_breakdown.all():
                rows = [
                    vat
                    for one in corrected
                    for vat in one.vat_breakdown.filter(vat_category=row.vat_category, vat_rate=row.vat_rate)
                ]
                assert sum(vat.base_cents for vat in rows) == row.base_cents
                assert sum(vat.vat_cents for vat in rows) == row.vat_cents
        for one in corrected:
            exact = Decimal(part.commission_excl_cents * one.incl_cents) / part.incl_cents
            assert abs(one.commission_excl_cents - exact) <= 1
            for vat in one.vat_breakdown.all():
                assert abs(vat.base_cents * vat.vat_rate / 100 - vat.vat_cents) <= Decimal("2.5")
        transaction.set_rollback(True)


@given(
    wholes=st.lists(st.integers(0, 10**9), min_size=1, max_size=5).filter(any),
    points=st.lists(st.integers(0, 10**6), min_size=2, max_size=8).map(sorted),
)
def test_no_share_shrinks_when_more_is_given(wholes: list[int], points: list[int]) -> None:
    whole = sum(wholes)
    before = [0] * len(wholes)
    for point in [*(whole * one // 10**6 for one in points), whole]:
        now = _reached(point, wholes)
        assert sum(now) == point
        assert all(start <= end for start, end in zip(before, now, strict=True))
        before = now
    assert before == wholes

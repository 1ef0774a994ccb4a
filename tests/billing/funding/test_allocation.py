"""Who pays what: exact sums, no ceiling passed, the same whenever it is asked."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from billing.funding.allocation import (
    GATEWAY_MINIMUM_CENTS,
    Ask,
    Bound,
    Ceiling,
    Part,
    allocate_funding,
)
from kernel.money import round_half_up


def part(excl: int, incl: int | None = None, item: str = "a", release: str = "1") -> Part:
    return Part(item, release, excl, excl * 6 // 5 if incl is None else incl)


def ask(programme: int = 1, rate: str = "50", cap: int = 10**9, **changes: object) -> Ask:
    values: dict[str, object] = {
        "items": frozenset({"a", "b", "c"}),
        "incl_vat": False,
        "stackable": True,
        "ceilings": (Ceiling(Bound.ORDER, cap),),
    }
    return Ask(programme=programme, rate_percent=Decimal(rate), **{**values, **changes})  # type: ignore[arg-type]


def test_a_rate_on_the_price_excl_vat() -> None:
    granted = allocate_funding([part(10_000)], [ask()])
    assert [(one.cents, one.bound) for one in granted] == [(5_000, Bound.RATE)]


def test_the_lowest_ceiling_holds_and_is_named() -> None:
    ceilings = (Ceiling(Bound.ORDER, 4_000), Ceiling(Bound.BUDGET, 3_000), Ceiling(Bound.YEAR, 3_500))
    granted = allocate_funding([part(10_000)], [ask(ceilings=ceilings)])
    assert [(one.cents, one.bound) for one in granted] == [(3_000, Bound.BUDGET)]


def test_stacked_programmes_apply_to_what_is_left() -> None:
    granted = allocate_funding([part(10_000)], [ask(1), ask(2)])
    assert [one.cents for one in granted] == [5_000, 2_500]


def test_one_that_does_not_stack_keeps_others_off_its_items() -> None:
    parts = [part(10_000, item="a"), part(10_000, item="b")]
    alone = ask(1, stackable=False, items=frozenset({"a"}))
    assert [one.parts for one in allocate_funding(parts, [alone, ask(2)])] == [(5_000, 0), (0, 5_000)]
    assert [one.parts for one in allocate_funding(parts, [ask(2), alone])] == [(5_000, 5_000), (0, 0)]


def test_the_room_is_shared_by_all_small_aids() -> None:
    granted = allocate_funding(
        [part(10_000)], [ask(1, shares_room=True), ask(2, shares_room=True)], deminimis_room_cents=6_000
    )
    assert [(one.cents, one.bound) for one in granted] == [(5_000, Bound.RATE), (1_000, Bound.DE_MINIMIS)]


def test_largest_remainder_by_item_then_by_part() -> None:
    parts = [part(100, item="a", release="1"), part(100, item="a", release="2"), part(100, item="b")]
    granted = allocate_funding(parts, [ask(ceilings=(Ceiling(Bound.ORDER, 100),))])
    assert granted[0].parts == (34, 33, 33)


def test_a_voucher_gives_way_to_what_can_be_paid() -> None:
    granted = allocate_funding([part(1_000, 1_000)], [ask(rate="97")])
    assert [(one.cents, one.bound) for one in granted] == [(950, Bound.GATEWAY)]
    assert allocate_funding([part(1_000, 1_000)], [ask(rate="100")])[0].cents == 1_000, "nothing left to pay"


cents = st.integers(1, 200_000)
parts_of_a_basket = st.lists(
    st.builds(
        lambda item, excl, rate: Part(item, "", excl, excl + round_half_up(Decimal(excl) * rate / 100)),
        st.sampled_from(["a", "b", "c"]),
        cents,
        st.sampled_from([Decimal(0), Decimal("5.5"), Decimal("8.5"), Decimal(20)]),
    ),
    min_size=1,
    max_size=6,
).map(lambda parts: [Part(p.item, str(n), p.excl_cents, p.incl_cents) for n, p in enumerate(parts)])
asks_of_programmes = st.lists(
    st.builds(
        Ask,
        programme=st.just(0),
        items=st.frozensets(st.sampled_from(["a", "b", "c"])),
        rate_percent=st.decimals("0.01", "100", places=2),
        incl_vat=st.booleans(),
        stackable=st.booleans(),
        ceilings=st.lists(
            st.builds(Ceiling, st.sampled_from([Bound.ORDER, Bound.BUDGET]), st.integers(0, 100_000)),
            max_size=3,
        ).map(tuple),
        shares_room=st.booleans(),
    ),
    max_size=5,
).map(
    lambda asks: [
        Ask(n, a.items, a.rate_percent, a.incl_vat, a.stackable, a.ceilings, a.shares_room)
        for n, a in enumerate(asks)
    ]
)


@given(parts_of_a_basket, asks_of_programmes, st.none() | st.integers(0, 100_000))
def test_no_sum_is_off_and_no_ceiling_is_passed(parts: list[Part], asks: list[Ask], room: int | None) -> None:
    granted = allocate_funding(parts, asks, deminimis_room_cents=room)
    assert granted == allocate_funding(parts, asks, deminimis_room_cents=room)
    assert [one.programme for one in granted] == [one.programme for one in asks]
    for one, asked in zip(granted, asks, strict=True):
        assert sum(one.parts) == one.cents
        assert all(share >= 0 for share in one.parts)
        assert all(one.cents <= ceiling.cents for ceiling in asked.ceilings)
        helped = {part.item for part, share in zip(parts, one.parts, strict=True) if share}
        assert helped <= asked.items
        base = sum(
            part.incl_cents if asked.incl_vat else part.excl_cents
            for part in parts
            if part.item in asked.items
        )
        assert one.cents <= round_half_up(Decimal(base) * asked.rate_percent / 100)
    for place, part_ in enumerate(parts):
        assert sum(one.parts[place] for one in granted) <= part_.incl_cents
    if room is not None:
        assert sum(one.cents for one, a in zip(granted, asks, strict=True) if a.shares_room) <= room
    left = sum(part_.incl_cents for part_ in parts) - sum(one.cents for one in granted)
    whole = sum(part_.incl_cents for part_ in parts)
    assert left == 0 or left >= min(GATEWAY_MINIMUM_CENTS, whole)


@given(parts_of_a_basket, asks_of_programmes)
def test_an_item_that_does_not_stack_has_one_payer(parts: list[Part], asks: list[Ask]) -> None:
    granted = allocate_funding(parts, asks)
    for item in {part_.item for part_ in parts}:
        payers = [
            asked
            for one, asked in zip(granted, asks, strict=True)
            if any(share and part_.item == item for part_, share in zip(parts, one.parts, strict=True))
        ]
        assert len(payers) <= 1 or all(asked.stackable for asked in payers)

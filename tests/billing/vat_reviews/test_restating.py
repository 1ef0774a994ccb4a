"""Another VAT inside the same price: no cent is lost, whatever the lines and rates."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from billing.charges.restating import PartVat, ShareVat, VatRow, out_of_incl, restated_part
from billing.charges.vat import VatTreatment
from kernel.money import vat_cents

TREATMENTS = [
    VatTreatment("E", Decimal("0.00"), "franchise"),
    VatTreatment("E", Decimal("0.00"), "disbursement"),
    VatTreatment("AE", Decimal("0.00"), "reverse_charge"),
    *(VatTreatment("S", Decimal(rate)) for rate in ("20.00", "8.50", "5.50", "2.10", "21.00")),
]
treatments = st.sampled_from(TREATMENTS)
lines = st.lists(st.tuples(st.integers(0, 5_000_000), treatments, treatments), min_size=1, max_size=6).filter(
    lambda rows: any(cents for cents, _old, _new in rows)
)


def part_of(rows: list[tuple[int, VatTreatment, VatTreatment]], commission_cents: int) -> PartVat:
    bases: dict[tuple[str, Decimal], int] = {}
    for cents, old, _new in rows:
        bases[old.category, old.rate] = bases.get((old.category, old.rate), 0) + cents
    return PartVat(
        shares=tuple(ShareVat(old, cents) for cents, old, _new in rows),
        rows=tuple(VatRow(*rate, base, vat_cents(base, rate[1])) for rate, base in bases.items()),
        commission=TREATMENTS[3],
        commission_excl_cents=commission_cents,
        commission_vat_cents=vat_cents(commission_cents, TREATMENTS[3].rate),
    )


@given(rows=lines, commission_cents=st.integers(0, 20_000), operator=treatments)
@settings(max_examples=300, deadline=None)
def test_nothing_moves_but_the_split(
    rows: list[tuple[int, VatTreatment, VatTreatment]], commission_cents: int, operator: VatTreatment
) -> None:
    part = part_of(rows, commission_cents)
    new = restated_part(part, [row[2] for row in rows], operator)
    assert new.excl_cents + new.vat_cents == part.excl_cents + part.vat_cents
    assert (
        new.commission_excl_cents + new.commission_vat_cents
        == part.commission_excl_cents + part.commission_vat_cents
    )
    assert all(share.excl_cents >= 0 for share in new.shares)
    for row in new.rows:
        of_this = [
            share.excl_cents
            for share in new.shares
            if (share.treatment.category, share.treatment.rate) == (row.category, row.rate)
        ]
        assert sum(of_this) == row.base_cents
        assert abs(vat_cents(row.base_cents, row.rate) - row.vat_cents) <= int(row.inside_incl)
    # Back under the old treatments the price is the old one too.
    back = restated_part(new, [row[1] for row in rows], part.commission)
    assert back.excl_cents + back.vat_cents == part.excl_cents + part.vat_cents


@given(rows=lines)
@settings(max_examples=100, deadline=None)
def test_the_same_treatments_change_nothing(rows: list[tuple[int, VatTreatment, VatTreatment]]) -> None:
    part = part_of(rows, 500)
    new = restated_part(part, [row[1] for row in rows], part.commission)
    assert sorted(new.rows, key=str) == sorted(part.rows, key=str)
    assert (new.shares, new.commission_excl_cents) == (part.shares, 500)


def test_not_every_amount_is_a_base_with_its_vat() -> None:
    assert out_of_incl(12_000, Decimal(20)) == (10_000, 2_000)
    assert out_of_incl(3, Decimal(20)) == (3, 0)
    assert out_of_incl(10_000, Decimal("0.00")) == (10_000, 0)

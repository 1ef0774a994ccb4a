"""VAT treatment by seller, buyer, territory, kind and date; place of supply; tax point."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from billing.charges.errors import VatRateUnknown, VatRegimeUnknown
from billing.charges.vat import is_taxable_person, place_of_supply, tax_point, vat_treatment
from tests.billing.building import EARLY, party, vat_rates

TODAY = date(2026, 11, 23)


@pytest.fixture
def rates(tenant: Any) -> None:
    vat_rates()


def treated(seller: Any, buyer: Any, kind: str = "standard", on: date = TODAY) -> tuple[str, str, str]:
    found = vat_treatment(seller=seller, buyer=buyer, vat_kind=kind, on=on)
    return found.category, str(found.rate), found.wording


@pytest.mark.parametrize(
    ("kind", "rate"), [("standard", "20.00"), ("intermediate", "10.00"), ("reduced", "5.50")]
)
def test_mainland_rates(rates: None, kind: str, rate: str) -> None:
    assert treated(party(), party(), kind) == ("S", rate, "")


def test_franchise_charges_none_and_says_why(rates: None) -> None:
    assert treated(party(regime="franchise"), party()) == ("E", "0.00", "franchise")


def test_regimes_are_dated(rates: None) -> None:
    from tenants.parties.models import VatRegimePeriod

    seller = party(regime=None)
    VatRegimePeriod.objects.create(
        party=seller, regime="franchise", starts_on=EARLY, ends_on=date(2026, 6, 30)
    )
    VatRegimePeriod.objects.create(party=seller, regime="normal", starts_on=date(2026, 7, 1))
    assert treated(seller, party(), on=date(2026, 6, 30))[2] == "franchise"
    assert treated(seller, party(), on=date(2026, 7, 1)) == ("S", "20.00", "")


def test_rates_are_dated(rates: None) -> None:
    from tenants.reference.models import VatRate

    VatRate.objects.filter(territory="mainland", kind="standard").update(valid_to=date(2026, 12, 31))
    VatRate.objects.create(
        territory="mainland", kind="standard", rate=Decimal("21.00"), valid_from=date(2027, 1, 1)
    )
    assert treated(party(), party(), on=date(2026, 12, 31))[1] == "20.00"
    assert treated(party(), party(), on=date(2027, 1, 1))[1] == "21.00"


def test_without_a_regime_nothing_is_sold(rates: None) -> None:
    with pytest.raises(VatRegimeUnknown):
        treated(party(regime=None), party())


def test_without_a_rate_nothing_is_sold(rates: None) -> None:
    from tenants.reference.models import VatRate

    VatRate.objects.filter(territory="reunion", kind="intermediate").delete()
    with pytest.raises(VatRateUnknown):
        treated(party(tax_territory="reunion"), None, "intermediate")


def test_exempt_and_disbursements_stay_so_under_every_regime(rates: None) -> None:
    for regime in ("normal", "franchise"):
        assert treated(party(regime=regime), party(), "exempt") == ("E", "0.00", "exempt")
        assert treated(party(regime=regime), party(), "outside_scope") == ("E", "0.00", "disbursement")


def test_between_mainland_and_la_reunion_the_business_buyer_decides(rates: None) -> None:
    mainland, reunion = party(), party(tax_territory="reunion")
    assert treated(mainland, reunion) == ("S", "8.50", "")
    assert treated(reunion, mainland) == ("S", "20.00", "")


def test_a_business_in_creation_buys_where_the_seller_is(rates: None) -> None:
    person = party(kind="person", siren=False, regime=None, tax_territory="reunion")
    assert not is_taxable_person(person)
    assert place_of_supply(seller=party(), buyer=person).code == "FR/mainland"
    assert treated(party(), person) == ("S", "20.00", "")


def test_guyane_has_no_vat(rates: None) -> None:
    assert treated(party(), party(tax_territory="guyane")) == ("E", "0.00", "territory_without_vat")


def test_a_business_elsewhere_in_the_union_accounts_for_it_itself(rates: None) -> None:
    belgian = party(siren=False, regime=None, country_code="BE", vat_number="BE0123456749")
    assert treated(party(), belgian) == ("AE", "0.00", "reverse_charge")
    assert place_of_supply(seller=party(), buyer=belgian).code == "BE"


def test_a_business_outside_the_union_is_outside_the_scope(rates: None) -> None:
    swiss = party(siren=False, regime=None, country_code="CH")
    assert treated(party(), swiss) == ("O", "0.00", "place_outside")
    assert treated(party(), swiss, "outside_scope")[0] == "O"


def test_a_private_person_abroad_pays_the_sellers_vat(rates: None) -> None:
    person = party(kind="person", siren=False, regime=None, country_code="BE")
    assert treated(party(), person) == ("S", "20.00", "")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"supply": "services", "paid_on": date(2026, 11, 1)}, (date(2026, 11, 1), "72")),
        (
            {"supply": "services", "paid_on": date(2026, 12, 1), "on_debits": True},
            (date(2026, 11, 23), "5"),
        ),
        (
            {"supply": "services", "paid_on": date(2026, 11, 1), "on_debits": True},
            (date(2026, 11, 1), "72"),
        ),
        ({"supply": "services", "paid_on": None}, (date(2026, 11, 23), "5")),
        ({"supply": "goods", "paid_on": date(2026, 11, 1)}, (date(2026, 11, 20), "29")),
    ],
)
def test_tax_point(values: dict[str, Any], expected: tuple[date, str]) -> None:
    point = tax_point(supplied_on=date(2026, 11, 20), issued_on=date(2026, 11, 23), **values)
    assert (point.on, point.basis_code) == expected

"""VAT: where a supply takes place, which treatment follows, when the tax falls due."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from stdnum.eu.vat import MEMBER_STATES

from billing.charges.errors import VatRateUnknown, VatRegimeUnknown
from billing.charges.inputs import VatKind
from tenants.reference.models import VatRate

if TYPE_CHECKING:
    from tenants.parties.models import Party

ZERO = Decimal("0.00")

TAXED = "S"
EXEMPT = "E"
OUTSIDE = "O"
REVERSE_CHARGE = "AE"

WORDING_FRANCHISE = "franchise"
WORDING_EXEMPT = "exempt"
WORDING_DISBURSEMENT = "disbursement"
WORDING_REVERSE_CHARGE = "reverse_charge"
WORDING_PLACE_OUTSIDE = "place_outside"
WORDING_TERRITORY = "territory_without_vat"

TERRITORIES_WITHOUT_VAT: frozenset[str] = frozenset({"guyane", "mayotte"})
"""French territories where VAT does not apply for the time being (CGI art. 294)."""


@dataclass(frozen=True)
class Place:
    """Where a supply takes place: ISO country and, inside France, the tax territory."""

    country_code: str
    territory: str

    @property
    def code(self) -> str:
        """Short form for storage, such as `FR/mainland` or `DE`."""
        return f"{self.country_code}/{self.territory}" if self.territory else self.country_code


@dataclass(frozen=True)
class VatTreatment:
    """EN 16931 category, rate in percent, and the key of the wording where no VAT is charged."""

    category: str
    rate: Decimal
    wording: str = ""


@dataclass(frozen=True)
class VatRates:
    """All rates valid on one date, loaded by one query, so that a long list prices without more."""

    on: date
    rates: Mapping[tuple[str, str], Decimal]

    def rate(self, territory: str, kind: str) -> Decimal:
        """Rate in percent. Raises VatRateUnknown."""
        try:
            return self.rates[territory, kind]
        except KeyError:
            raise VatRateUnknown(territory=territory, kind=kind) from None


def load_rates(on: date) -> VatRates:
    """The dated rates of all territories on a legal date."""
    rows = VatRate.objects.valid_on(on).values_list("territory", "kind", "rate")
    return VatRates(on=on, rates={(territory, kind): rate for territory, kind, rate in rows})


def is_taxable_person(party: Party) -> bool:
    """Whether a buyer is a business for VAT: it has a SIREN or a VAT number, or is an organisation abroad.

    A business in creation has none of these yet and buys as a private person.
    """
    return bool(party.siren or party.vat_number) or (
        party.kind == "organisation" and party.country_code != "FR"
    )


def place_of_supply(*, seller: Party, buyer: Party | None) -> Place:
    """Where services of the general rule take place (directive 2006/112/EC art. 44 and 45, CGI art. 259).

    To a taxable person: where the buyer is established; to anybody else: where the seller is. Before the
    buyer is known the seller's place is shown.
    """
    decisive = buyer if buyer is not None and is_taxable_person(buyer) else seller
    country = decisive.country_code
    return Place(country_code=country, territory=decisive.tax_territory if country == "FR" else "")


def vat_treatment(
    *, seller: Party, buyer: Party | None, vat_kind: str, on: date, rates: VatRates | None = None
) -> VatTreatment:
    """Category, rate and wording of one line on a legal date.

    Raises VatRegimeUnknown and VatRateUnknown: nothing is sold at a guessed rate.
    """
    place = place_of_supply(seller=seller, buyer=buyer)
    if place.country_code != "FR":
        if place.country_code.lower() not in MEMBER_STATES:
            # A document of category O may hold no other category (BR-O-11): disbursements follow.
            return VatTreatment(OUTSIDE, ZERO, WORDING_PLACE_OUTSIDE)
        if vat_kind in {VatKind.EXEMPT, VatKind.OUTSIDE_SCOPE}:
            return _without_vat(vat_kind)
        return VatTreatment(REVERSE_CHARGE, ZERO, WORDING_REVERSE_CHARGE)
    if vat_kind in {VatKind.EXEMPT, VatKind.OUTSIDE_SCOPE}:
        return _without_vat(vat_kind)
    if regime_on(seller, on) == "franchise":
        return VatTreatment(EXEMPT, ZERO, WORDING_FRANCHISE)
    if place.territory in TERRITORIES_WITHOUT_VAT:
        return VatTreatment(EXEMPT, ZERO, WORDING_TERRITORY)
    known = rates if rates is not None and rates.on == on else load_rates(on)
    return VatTreatment(TAXED, known.rate(place.territory, vat_kind))


def regime_on(party: Party, on: date) -> str:
    """The party's dated VAT regime; reads prefetched periods when there are any. Raises VatRegimeUnknown."""
    for period in party.vat_regime_periods.all():
        if period.starts_on <= on and (period.ends_on is None or on <= period.ends_on):
            return str(period.regime)
    raise VatRegimeUnknown(seller=party.display_name)


def _without_vat(vat_kind: str) -> VatTreatment:
    # Disbursements are E (VATEX-EU-79-C), not O: an invoice with O may hold no taxed line beside it.
    wording = WORDING_EXEMPT if vat_kind == VatKind.EXEMPT else WORDING_DISBURSEMENT
    return VatTreatment(EXEMPT, ZERO, wording)


@dataclass(frozen=True)
class TaxPoint:
    """Legal date on which VAT falls due and its reason: BT-7 and the code of BT-8 (UNTDID 2475)."""

    on: date
    basis_code: str


BASIS_INVOICE = "5"
BASIS_DELIVERY = "29"
BASIS_PAYMENT = "72"


def tax_point(
    *, supply: str, supplied_on: date, paid_on: date | None, issued_on: date, on_debits: bool = False
) -> TaxPoint:
    """When VAT on a supply falls due (CGI art. 269; all dates are the tenant's legal dates).

    Goods: at delivery. Services: at receipt of the price, or at the invoice where the seller opted for
    debits, unless the price came first. Goods and services together follow the goods' rule for the whole.
    """
    if supply != "services":
        return TaxPoint(supplied_on, BASIS_DELIVERY)
    if paid_on is not None and (not on_debits or paid_on <= issued_on):
        return TaxPoint(paid_on, BASIS_PAYMENT)
    return TaxPoint(issued_on, BASIS_INVOICE)

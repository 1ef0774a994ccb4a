"""SIREN, SIRET, French VAT numbers and the tax territory of a department."""

from __future__ import annotations

from stdnum.exceptions import ValidationError as InvalidNumber
from stdnum.fr import siren as siren_rules
from stdnum.fr import siret as siret_rules

from tenants.parties.errors import DemonstrationIdentifier, IdentifierInvalid

# SIREN made up for the demonstration: no such number was ever given out.
DEMONSTRATION_PREFIX = "000000"

_TERRITORY_OF_DEPARTMENT = {
    "2A": "corsica",
    "2B": "corsica",
    "971": "guadeloupe",
    "972": "martinique",
    "973": "guyane",
    "974": "reunion",
    "976": "mayotte",
}


def validate_siren(value: str, *, fictitious_allowed: bool) -> str:
    """Nine digits with a right check digit, spaces dropped.

    Raises IdentifierInvalid, or DemonstrationIdentifier where made-up numbers have no place.
    """
    try:
        siren = siren_rules.validate(value)
    except InvalidNumber as error:
        raise IdentifierInvalid from error
    _refuse_fictitious(siren, fictitious_allowed)
    return str(siren)


def validate_siret(value: str, *, fictitious_allowed: bool) -> str:
    """Fourteen digits with a right check digit, spaces dropped. Raises as `validate_siren`."""
    try:
        siret = siret_rules.validate(value)
    except InvalidNumber as error:
        raise IdentifierInvalid from error
    _refuse_fictitious(siret, fictitious_allowed)
    return str(siret)


def french_vat_number(siren: str) -> str:
    """The intra-community VAT number that follows from a SIREN: FR, key, SIREN."""
    key = (12 + 3 * (int(siren) % 97)) % 97
    return f"FR{key:02d}{siren}"


def tax_territory_of(department_code: str, country_code: str = "FR") -> str:
    """The tax territory of a French department; empty abroad."""
    if country_code != "FR":
        return ""
    return _TERRITORY_OF_DEPARTMENT.get(department_code, "mainland")


def department_of(postal_code: str) -> str:
    """The department that a French postal code mostly belongs to: a proposal, the commune decides."""
    if postal_code.startswith(("97", "98")):
        return postal_code[:3]
    if postal_code.startswith("20"):
        return "2A" if postal_code < "20200" else "2B"
    return postal_code[:2]


def _refuse_fictitious(number: str, allowed: bool) -> None:
    if number.startswith(DEMONSTRATION_PREFIX) and not allowed:
        raise DemonstrationIdentifier

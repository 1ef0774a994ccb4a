"""What every invoice must satisfy before it gets a number: identities complete, amounts in agreement."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from billing.invoicing.canonical import cents_of
from billing.invoicing.errors import AmountsDisagree, IdentityIncomplete
from kernel.money import line_amount_cents, vat_cents


def check_identity(party: dict[str, Any], *, is_seller: bool) -> None:
    """Name and address of both; the seller's SIREN inside France (CGI, ann. II, art. 242 nonies A).

    Raises IdentityIncomplete with what is missing, in words.
    """
    address = party["address"]
    wanted = [
        (party["legal_name"], _("nom")),
        (address["street"] or address["street_2"], _("adresse")),
        (address["postal_code"] or address["country_code"] != "FR", _("code postal")),
        (address["town"], _("ville")),
    ]
    if is_seller and address["country_code"] == "FR":
        wanted.append((party["siren"], _("SIREN")))
    missing = [word for value, word in wanted if not value]
    if missing:
        raise IdentityIncomplete(party=party["legal_name"] or "?", missing=", ".join(missing))


def check_amounts(content: dict[str, Any], *, tolerated_cents: int = 0) -> None:
    """The sums of EN 16931 that concern us. Raises AmountsDisagree naming the rule.

    VAT may differ from base times rate by `tolerated_cents`, where a share of rounded amounts is credited.
    """
    lines, vat, totals = content["lines"], content["vat"], content["totals"]
    for line in lines:
        amount = line_amount_cents(Decimal(line["quantity"]), Decimal(line["unit_price"]))
        _require(amount == cents_of(line["excl"]), "BT-131")
    _require(sum(cents_of(line["excl"]) for line in lines) == cents_of(totals["excl"]), "BR-CO-10")
    for row in vat:
        rate = Decimal(row["rate"])
        of_this = [
            cents_of(line["excl"])
            for line in lines
            if line["vat_category"] == row["category"] and Decimal(line["vat_rate"]) == rate
        ]
        _require(sum(of_this) == cents_of(row["base"]), f"BR-{row['category']}-08")
        apart = abs(vat_cents(cents_of(row["base"]), rate) - cents_of(row["vat"]))
        _require(apart <= tolerated_cents, "BR-CO-17")
        _require(bool(row["exemptions"]) == (row["category"] != "S"), f"BR-{row['category']}-10")
    _require(sum(cents_of(row["vat"]) for row in vat) == cents_of(totals["vat"]), "BR-CO-14")
    _require(cents_of(totals["excl"]) + cents_of(totals["vat"]) == cents_of(totals["incl"]), "BR-CO-15")
    _require(cents_of(totals["incl"]) - cents_of(totals["prepaid"]) == cents_of(totals["due"]), "BR-CO-16")


def _require(agrees: bool, rule: str) -> None:
    if not agrees:
        raise AmountsDisagree(rule=rule)

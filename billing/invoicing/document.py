"""What the page of an invoice shows, read from its snapshot alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.dateformat import format as date_format
from django.utils.translation import gettext as _

from billing.invoicing.canonical import cents_of
from kernel.web.formats import SPACE, format_digits, format_money, in_french

SEPARATOR = " · "


@dataclass(frozen=True)
class PartyBlock:
    """A party as lines of text: BT-27 to BT-40 of a seller, BT-44 to BT-55 of a buyer."""

    name: str
    legal: str
    address: tuple[str, ...]
    identifiers: tuple[tuple[str, str], ...]
    contact: tuple[str, ...]


@dataclass(frozen=True)
class LineRow:
    """One line: quantity and price as decimals, amount in cents."""

    description: str
    detail: str
    quantity: Decimal
    unit: str
    unit_price: Decimal
    vat_rate: Decimal
    is_taxed: bool
    excl_cents: int


@dataclass(frozen=True)
class VatRow:
    """One row of the VAT breakdown, amounts in cents."""

    rate: Decimal
    is_taxed: bool
    base_cents: int
    vat_cents: int
    exemptions: tuple[str, ...]


def document_context(snapshot: dict[str, Any], *, sha256: str) -> dict[str, Any]:
    """The context of `invoicing/invoice.html`, with sentences in the language in use."""
    paid_on = snapshot["paid_on"] if _pays_client(snapshot) else ""
    seller = party_block(snapshot["seller"])
    buyer = party_block(snapshot["buyer"])
    return {
        "title": document_title(snapshot),
        "number": snapshot["number"],
        "is_commission": snapshot["kind"] == "commission",
        "is_credit": snapshot["type_code"] == "381",
        "credited": _credited(snapshot),
        "language": snapshot["language"],
        "issued_on": printed_day(snapshot["issued_on"]),
        "issued_at": snapshot["issued_at"],
        "supplied_on": printed_day(snapshot["supplied_on"]),
        "due_on": printed_day(snapshot["due_on"]),
        "paid_on": printed_day(paid_on) if paid_on else "",
        "order_reference": snapshot["order"]["reference"],
        "invoicer": snapshot["invoicer"]["legal_name"] if snapshot["invoicer"] else "",
        "seller": seller,
        "seller_line": SEPARATOR.join(
            [
                seller.name,
                *([seller.legal] if seller.legal else []),
                *(f"{label}{SPACE}{value}" for label, value in seller.identifiers),
            ]
        ),
        "buyer": buyer,
        "delivery": () if snapshot["supply"] == "services" else buyer.address,
        "lines": [_line(row) for row in snapshot["lines"]],
        "vat": [_vat(row) for row in snapshot["vat"]],
        "totals": {name: cents_of(text) for name, text in snapshot["totals"].items()},
        "cofunding": [
            {**share, "cents": cents_of(share["amount"])} for share in snapshot.get("cofunding", ())
        ],
        "supply": _supply(snapshot["supply"]),
        "tax_point": _tax_point(snapshot["tax_point"]["basis_code"]),
        "on_debits": snapshot["tax_point"]["on_debits"],
        "mandate": snapshot["mandate"]["text"] if snapshot["mandate"] else "",
        "notes": [note["text"] for note in snapshot["notes"]],
        "notice": snapshot["notice"]["text"] if snapshot["notice"] else "",
        "fingerprint": format_digits(sha256, *[8] * 7),
    }


def _pays_client(snapshot: dict[str, Any]) -> bool:
    """Whether money moves to or from the client: a credit note of what aid paid whole gives it none."""
    aid_cents = sum(cents_of(share["amount"]) for share in snapshot.get("cofunding", ()))
    return snapshot["type_code"] != "381" or aid_cents < cents_of(snapshot["totals"]["incl"])


def document_title(snapshot: dict[str, Any]) -> str:
    """The word at the head of the document, by type (BT-3)."""
    if snapshot["type_code"] == "381":
        return _("Avoir sur commission") if snapshot["kind"] == "commission" else _("Avoir")
    if snapshot["kind"] == "commission":
        return _("Facture de commission")
    return _("Facture")


def _credited(snapshot: dict[str, Any]) -> str:
    """The invoice that a credit note corrects (BG-3), empty for an invoice."""
    if "credits" not in snapshot:
        return ""
    original = snapshot["credits"]
    return _("Corrige la facture %(number)s du %(day)s.") % {
        "number": original["number"],
        "day": printed_day(original["issued_on"]),
    }


def printed_day(on: date | str) -> str:
    """A legal date, or its ISO form, as documents print it: « 1er décembre 2026 »."""
    day = date.fromisoformat(on) if isinstance(on, str) else on
    pattern = r"j\e\r F Y" if day.day == 1 and in_french() else "j F Y"
    return date_format(day, pattern).replace(" ", SPACE)


def party_block(party: dict[str, Any]) -> PartyBlock:
    """A party of a snapshot as it is printed."""
    address = party["address"]
    town = " ".join(part for part in (address["postal_code"], address["town"]) if part)
    country = "" if address["country_code"] == "FR" else address["country_code"]
    lines = (address["street"], address["street_2"], town, country)
    identifiers: list[tuple[str, str]] = []
    if party["siret"]:
        identifiers.append((_("SIRET"), format_digits(party["siret"], 3, 3, 3)))
    elif party["siren"]:
        identifiers.append((_("SIREN"), format_digits(party["siren"], 3, 3)))
    if party["register_town"] and party["siren"]:
        identifiers.append(
            (_("RCS"), f"{party['register_town']}{SPACE}{format_digits(party['siren'], 3, 3)}")
        )
    if party["vat_number"]:
        identifiers.append((_("TVA"), party["vat_number"]))
    return PartyBlock(
        name=_name(party),
        legal=_legal(party),
        address=tuple(line for line in lines if line),
        identifiers=tuple(identifiers),
        contact=tuple(line for line in (party["email"], _phone(party["phone"])) if line),
    )


def _name(party: dict[str, Any]) -> str:
    # A sole trader's name is followed by the letters EI (code de commerce, art. R. 526-27).
    if party["legal_form"] == "EI" and not party["legal_name"].endswith(" EI"):
        return f"{party['legal_name']}{SPACE}EI"
    return str(party["legal_name"])


def _legal(party: dict[str, Any]) -> str:
    said = [party["trade_name"]] if party["trade_name"] not in ("", party["legal_name"]) else []
    if party["legal_form"] and party["legal_form"] != "EI":
        form = party["legal_form"]
        if party["share_capital_cents"]:
            form = _("%(form)s au capital de %(capital)s") % {
                "form": form,
                "capital": format_money(party["share_capital_cents"]),
            }
        said.append(form)
    return SEPARATOR.join(said)


def _phone(number: str) -> str:
    if number.startswith("+33") and len(number) == 12:
        return f"+33{SPACE}{number[3]}{SPACE}{format_digits(number[4:], 2, 2, 2)}"
    return number


def _line(row: dict[str, Any]) -> LineRow:
    return LineRow(
        description=row["description"],
        detail=row["detail"],
        quantity=Decimal(row["quantity"]),
        unit=row["unit"],
        unit_price=Decimal(row["unit_price"]),
        vat_rate=Decimal(row["vat_rate"]),
        is_taxed=row["vat_category"] == "S",
        excl_cents=cents_of(row["excl"]),
    )


def _vat(row: dict[str, Any]) -> VatRow:
    return VatRow(
        rate=Decimal(row["rate"]),
        is_taxed=row["category"] == "S",
        base_cents=cents_of(row["base"]),
        vat_cents=cents_of(row["vat"]),
        exemptions=tuple(entry["text"] for entry in row["exemptions"]),
    )


def _supply(supply: str) -> str:
    return {
        "services": _("Prestation de services"),
        "goods": _("Livraison de biens"),
        "both": _("Livraison de biens et prestation de services"),
    }[supply]


def _tax_point(basis_code: str) -> str:
    """The code of BT-8 (UNTDID 2475) in words."""
    return {
        "5": _("TVA exigible à l’émission de la facture"),
        "29": _("TVA exigible à la livraison"),
        "72": _("TVA exigible à l’encaissement"),
    }[basis_code]

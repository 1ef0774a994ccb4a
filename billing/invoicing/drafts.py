"""What an invoice will say, before it has a number: built from the stored amounts of one release."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import translation

from billing.charges.models import ChargeRelease, ChargeReleaseLine
from billing.charges.vat import tax_point
from billing.invoicing.canonical import decimal_text, euros
from billing.invoicing.checking import check_amounts, check_identity
from billing.invoicing.commission_lines import commission_line
from billing.invoicing.document import printed_day
from billing.invoicing.errors import MandateMissing, OperatorMissing
from billing.invoicing.models import Invoice, InvoiceKind, Mandate, WordingKey
from billing.invoicing.sale_lines import sale_lines
from billing.invoicing.wordings import Wordings
from billing.vat_reviews.queries import seller_at_tax_point
from tenants.directory.dates import legal_date
from tenants.directory.models import Tenant
from tenants.parties.models import Party
from tenants.parties.queries import operator_party
from tenants.parties.snapshots import party_snapshot

SNAPSHOT_VERSION = 1

# UNTDID 4451 subject codes of the notes that the French rules demand.
NOTE_EARLY_PAYMENT = "AAB"
NOTE_LATE_PENALTY = "PMD"
NOTE_RECOVERY_FEE = "PMT"

_EXEMPTION_CODES = {
    WordingKey.FRANCHISE: "VATEX-FR-FRANCHISE",
    WordingKey.DISBURSEMENT: "VATEX-EU-79-C",
    WordingKey.REVERSE_CHARGE: "VATEX-EU-AE",
    WordingKey.PLACE_OUTSIDE: "VATEX-EU-O",
}
_PROCESS_LETTER = {"services": "S", "goods": "B", "both": "M"}


@dataclass(frozen=True)
class VatPart:
    """VAT of one category at one rate, in cents, with the wordings of the lines in it."""

    category: str
    rate: Decimal
    base_cents: int
    vat_cents: int
    exemptions: tuple[tuple[str, str], ...]
    """Pairs of wording key and the seller's own reason, which replaces the wording where it has one."""


@dataclass(frozen=True)
class Draft:
    """Everything but number and dates of issue; amounts in cents."""

    kind: str
    seller: Party
    buyer: Party
    mandatary: bool
    content: dict[str, Any]
    excl_cents: int
    vat_cents: int
    incl_cents: int
    due_cents: int


def draft_sale(*, tenant: Tenant, release: ChargeRelease, on: date) -> Draft:
    """The invoice of a seller to a buyer for one approved part, on a legal date.

    Raises OperatorMissing, MandateMissing, IdentityIncomplete, WordingMissing, AmountsDisagree.
    """
    item, charge = release.item, release.item.charge
    wordings = Wordings(on)
    operator = _operator()
    mandatary = operator.pk != item.seller_id
    seller = seller_at_tax_point(release)
    lines = sale_lines(release)
    parts = [
        VatPart(
            category=row.vat_category,
            rate=row.vat_rate,
            base_cents=row.base_cents,
            vat_cents=row.vat_cents,
            exemptions=_exemptions(share for share in release.shares.all() if _same(share, row)),
        )
        for row in release.vat_breakdown.all()
    ]
    due_cents = release.cofunded_cents
    content = _content(
        tenant=tenant,
        release=release,
        on=on,
        kind=InvoiceKind.SALE,
        seller=seller,
        buyer=charge.buyer_snapshot,
        lines=lines,
        parts=parts,
        incl_cents=release.incl_cents,
        due_cents=due_cents,
        wordings=wordings,
        tolerated_cents=inside_incl_cents(row.inside_incl for row in release.vat_breakdown.all()),
    )
    if release.cofunding:
        # What stays due is not the client's to pay: who pays it, and under which programme.
        content["cofunding"] = [
            {"payer": share["funder"], "programme": share["name"], "amount": euros(share["cents"])}
            for share in release.cofunding
        ]
    if mandatary:
        mandate = mandate_in_force(item.seller, on)
        content["invoicer"] = party_snapshot(operator, on)
        content["mandate"] = {
            "version": mandate.version,
            "accepted_on": mandate.accepted_on.isoformat(),
            **_on_behalf(wordings, mandate, operator, seller),
        }
    return Draft(
        kind=InvoiceKind.SALE,
        seller=item.seller,
        buyer=charge.buyer,
        mandatary=mandatary,
        content=content,
        excl_cents=release.excl_cents,
        vat_cents=release.vat_cents,
        incl_cents=release.incl_cents,
        due_cents=due_cents,
    )


def draft_commission(*, tenant: Tenant, release: ChargeRelease, on: date) -> Draft:
    """The tenant's invoice to the seller for its commission on one approved part. Raises as `draft_sale`."""
    item = release.item
    operator = _operator()
    line = commission_line(release)
    excl, vat = release.commission_excl_cents, release.commission_vat_cents
    part = VatPart(
        category=release.commission_category,
        rate=release.commission_rate,
        base_cents=excl,
        vat_cents=vat,
        exemptions=((release.commission_exemption_key, ""),) if release.commission_exemption_key else (),
    )
    content = _content(
        tenant=tenant,
        release=release,
        on=on,
        kind=InvoiceKind.COMMISSION,
        seller=party_snapshot(operator, on),
        buyer=item.seller_snapshot,
        lines=[line],
        parts=[part],
        incl_cents=excl + vat,
        due_cents=0,
        wordings=Wordings(on),
        tolerated_cents=inside_incl_cents([release.restated_commission_rate is not None]),
    )
    return Draft(
        kind=InvoiceKind.COMMISSION,
        seller=operator,
        buyer=item.seller,
        mandatary=False,
        content=content,
        excl_cents=excl,
        vat_cents=vat,
        incl_cents=excl + vat,
        due_cents=0,
    )


def inside_incl_cents(flags: Iterable[bool]) -> int:
    """How far VAT may lie from base times rate: a cent where it was taken out of a price that stands."""
    return int(any(flags))


def mandate_in_force(seller: Party, on: date) -> Mandate:
    """The seller's latest mandate that stands on a legal date. Raises MandateMissing."""
    for mandate in Mandate.objects.filter(party=seller, accepted_on__lte=on).select_related("wording"):
        if mandate.ended_on is None or on <= mandate.ended_on:
            return mandate
    raise MandateMissing(seller=seller.display_name)


def _content(
    *,
    tenant: Tenant,
    release: ChargeRelease,
    on: date,
    kind: str,
    seller: dict[str, Any],
    buyer: dict[str, Any],
    lines: list[dict[str, Any]],
    parts: list[VatPart],
    incl_cents: int,
    due_cents: int,
    wordings: Wordings,
    tolerated_cents: int,
) -> dict[str, Any]:
    item, charge = release.item, release.item.charge
    supply = "services" if kind == InvoiceKind.COMMISSION else item.supply
    supplied_on = _date(tenant, release.released_at) or on
    # A commission is received when it is kept from the price: at the approval.
    paid_on = supplied_on if kind == InvoiceKind.COMMISSION else _date(tenant, charge.paid_at)
    point = tax_point(supply=supply, supplied_on=supplied_on, paid_on=paid_on, issued_on=on)
    excl_cents = sum(part.base_cents for part in parts)
    vat_cents = sum(part.vat_cents for part in parts)
    content: dict[str, Any] = {
        "version": SNAPSHOT_VERSION,
        "kind": str(kind),
        "type_code": Invoice.TypeCode.INVOICE.value,  # BT-3
        "process": _process(supply, due_cents),  # BT-23
        "currency": charge.currency,  # BT-5
        "language": "fr",
        "issuer": {"tenant": tenant.slug, "name": tenant.name, "accent": tenant.brand.get("primary", "")},
        "seller": seller,  # BG-4
        "buyer": buyer,  # BG-7
        "invoicer": None,  # EXT-FR-FE-BG-05
        "mandate": None,
        "order": {"reference": charge.reference, "item": item.key, "release": release.key},  # BT-13
        "supply": supply,
        "supplied_on": supplied_on.isoformat(),  # BT-72
        "tax_point": {  # BT-7, BT-8
            "on": point.on.isoformat(),
            "basis_code": point.basis_code,
            "on_debits": False,
        },
        "invoice_on_payment": False,
        "due_on": on.isoformat(),  # BT-9
        "paid_on": paid_on.isoformat() if paid_on else None,
        "lines": lines,  # BG-25
        "vat": [_vat_row(part, wordings) for part in parts],  # BG-23
        "totals": {
            "excl": euros(excl_cents),  # BT-106, BT-109
            "vat": euros(vat_cents),  # BT-110
            "incl": euros(incl_cents),  # BT-112
            "prepaid": euros(incl_cents - due_cents),  # BT-113
            "due": euros(due_cents),  # BT-115
        },
        "notes": _notes(wordings, buyer),  # BG-1
        "notice": _notice(wordings, tenant, seller, buyer),
    }
    check_identity(seller, is_seller=True)
    check_identity(buyer, is_seller=False)
    check_amounts(content, tolerated_cents=tolerated_cents)
    return content


def _process(supply: str, due_cents: int) -> str:
    # Frame 2 is for what is paid already: it demands that all of it is (BR-FR-CO-09).
    return f"{_PROCESS_LETTER[supply]}{2 if due_cents == 0 else 1}"


def _notes(wordings: Wordings, buyer: dict[str, Any]) -> list[dict[str, str]]:
    """Early payment for all; penalties and the 40 euros are for professionals only."""
    keys = [(NOTE_EARLY_PAYMENT, WordingKey.EARLY_PAYMENT)]
    if buyer["siren"] or buyer["vat_number"]:
        keys += [
            (NOTE_LATE_PENALTY, WordingKey.LATE_PENALTY),
            (NOTE_RECOVERY_FEE, WordingKey.RECOVERY_FEE),
        ]
    return [{"subject_code": code, **wordings.say(key).as_json()} for code, key in keys]


def _notice(wordings: Wordings, tenant: Tenant, *parties: dict[str, Any]) -> dict[str, str] | None:
    if tenant.is_demo or any(party["is_fictitious"] for party in parties):
        return wordings.say(WordingKey.FICTITIOUS).as_json()
    return None


def _vat_row(part: VatPart, wordings: Wordings) -> dict[str, Any]:
    reasons = [
        {**wordings.say(key).as_json(), **({"text": own} if own else {})} for key, own in part.exemptions
    ]
    codes = {_EXEMPTION_CODES.get(WordingKey(key), "") for key, _own in part.exemptions}
    return {
        "category": part.category,  # BT-118
        "rate": decimal_text(part.rate, 2),  # BT-119
        "base": euros(part.base_cents),  # BT-116
        "vat": euros(part.vat_cents),  # BT-117
        "exemption_code": codes.pop() if len(codes) == 1 else "",  # BT-121
        "exemptions": reasons,  # BT-120
    }


def _on_behalf(
    wordings: Wordings, mandate: Mandate, operator: Party, seller: dict[str, Any]
) -> dict[str, str]:
    with translation.override("fr"):
        accepted_on = printed_day(mandate.accepted_on)
    said = wordings.say(
        WordingKey.ON_BEHALF,
        issuer=operator.legal_name,
        seller=seller["legal_name"],
        accepted_on=accepted_on,
    )
    return said.as_json()


def _exemptions(shares: Iterable[ChargeReleaseLine]) -> tuple[tuple[str, str], ...]:
    # In the order of the lines, each pair once.
    return tuple(
        dict.fromkeys(
            (share.exemption_key, share.line.exemption_reason) for share in shares if share.exemption_key
        )
    )


def _same(share: ChargeReleaseLine, row: Any) -> bool:
    return share.vat_category == row.vat_category and share.vat_rate == row.vat_rate


def _operator() -> Party:
    operator = operator_party()
    if operator is None:
        raise OperatorMissing()
    return operator


def _date(tenant: Tenant, instant: datetime | None) -> date | None:
    return None if instant is None else legal_date(tenant, instant)

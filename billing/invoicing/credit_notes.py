"""Credit notes (381): what was given back of an approved part, naming the invoice that it corrects."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from billing.charges.models import ChargeReturn
from billing.invoicing.canonical import decimal_text, euros
from billing.invoicing.checking import check_amounts
from billing.invoicing.drafts import Draft, mandate_in_force
from billing.invoicing.errors import AmountsDisagree, OriginalMissing
from billing.invoicing.models import Invoice, InvoiceKind, IssueRefusal
from billing.invoicing.operations import issue_drafted
from billing.invoicing.units import unit_code
from billing.payouts import cofunding
from kernel.money import to_euros
from tenants.directory.current import current_tenant

# Shares of a partial return are rounded one by one; EN 16931 (BR-CO-17) allows for it.
TOLERATED_CENTS = 2
# The aid on the invoice is not the aid given back, which may be less, or none.
NOT_REPEATED = frozenset({"number", "issued_on", "issued_at", "cofunding"})


@dataclass(frozen=True)
class CreditPart:
    """What is credited in one VAT category at one rate, in cents."""

    category: str
    rate: Decimal
    base_cents: int
    vat_cents: int


@transaction.atomic
def issue_credit_note(*, return_id: int, kind: str, now: datetime | None = None) -> Invoice:
    """Issue the credit note of a return, once: the seller's to the buyer, or the tenant's of its commission.

    It stands in the same sequence and chain as the invoice that it corrects, and repeats its parties.
    Raises OriginalMissing, MandateMissing, AmountsDisagree; a refusal burns no number.
    """
    known = _issued(return_id, kind)
    if known is not None:
        return known
    made = ChargeReturn.objects.select_related("release__item__seller").get(pk=return_id)
    original = (
        Invoice.objects.select_related("sequence", "seller", "buyer")
        .filter(release=made.release_id, kind=kind, type_code=Invoice.TypeCode.INVOICE)
        .first()
    )
    if original is None:
        raise OriginalMissing()
    instant = now or timezone.now()
    issued = issue_drafted(
        tenant=current_tenant(),
        release=made.release,
        charge_return=made,
        redraft=lambda on: draft_credit_note(made=made, original=original, on=on),
        known=lambda: _issued(return_id, kind),
        instant=instant,
    )
    refused = IssueRefusal.objects.filter(charge_return=made, kind=kind, settled_at=None)
    refused.update(settled_at=instant)
    return issued


def draft_credit_note(*, made: ChargeReturn, original: Invoice, on: date) -> Draft:
    """What the credit note will say: the original's parties and wordings, the amounts of the return."""
    if original.sequence.mandatary:
        mandate_in_force(original.seller, on)
    said: dict[str, Any] = json.loads(original.snapshot)
    parts = _parts(made, original.kind)
    excl, vat = sum(part.base_cents for part in parts), sum(part.vat_cents for part in parts)
    reasons = {(row["category"], row["rate"]): row for row in said["vat"]}
    content = {
        **{key: value for key, value in said.items() if key not in NOT_REPEATED},
        "type_code": Invoice.TypeCode.CREDIT_NOTE.value,  # BT-3
        "process": f"{said['process'][0]}2",  # BT-23
        "credits": {"number": original.number, "issued_on": original.issued_on.isoformat()},  # BG-3
        "due_on": on.isoformat(),  # BT-9
        "paid_on": made.returned_on.isoformat(),
        "lines": _lines(made, parts),  # BG-25
        "vat": [
            {
                **reasons[(part.category, decimal_text(part.rate, 2))],
                "base": euros(part.base_cents),  # BT-116
                "vat": euros(part.vat_cents),  # BT-117
            }
            for part in parts
        ],
        "totals": {
            "excl": euros(excl),
            "vat": euros(vat),
            "incl": euros(excl + vat),
            "prepaid": euros(excl + vat),
            "due": euros(0),
        },
    }
    if original.kind == InvoiceKind.SALE and made.cofunded_cents:
        shares = cofunding.given_back(made=made)
        if sum(share.cents for share in shares) != made.cofunded_cents:
            raise AmountsDisagree(rule="EXT-FR-FE-BG-02")
        # Their share of the price goes back to the funders, not to the client.
        content["cofunding"] = [
            {"payer": share.funder, "programme": share.name, "amount": euros(share.cents)} for share in shares
        ]
    check_amounts(content, tolerated_cents=TOLERATED_CENTS)
    return Draft(
        kind=original.kind,
        seller=original.seller,
        buyer=original.buyer,
        mandatary=original.sequence.mandatary,
        content=content,
        excl_cents=excl,
        vat_cents=vat,
        incl_cents=excl + vat,
        due_cents=0,
    )


def _parts(made: ChargeReturn, kind: str) -> list[CreditPart]:
    if kind == InvoiceKind.COMMISSION:
        return [
            CreditPart(
                made.release.commission_category,
                made.release.commission_rate,
                made.commission_excl_cents,
                made.commission_vat_cents,
            )
        ]
    return [
        CreditPart(row.vat_category, row.vat_rate, row.base_cents, row.vat_cents)
        for row in made.vat_breakdown.all()
    ]


def _lines(made: ChargeReturn, parts: Iterable[CreditPart]) -> list[dict[str, Any]]:
    item = made.release.item
    with translation.override("fr"):
        description = _("Remboursement : %(item)s") % {"item": item.description}
    return [
        {
            "position": position,
            "description": description,
            "detail": f"{made.release.label}. {made.reason}",
            "quantity": decimal_text(to_euros(100), 3),
            "unit": "forfait",
            "unit_code": unit_code("forfait"),
            "unit_price": decimal_text(to_euros(part.base_cents), 4),
            "excl": euros(part.base_cents),
            "vat_category": part.category,
            "vat_rate": decimal_text(part.rate, 2),
        }
        for position, part in enumerate(parts, start=1)
    ]


def _issued(return_id: int, kind: str) -> Invoice | None:
    return Invoice.objects.filter(
        charge_return_id=return_id, kind=kind, type_code=Invoice.TypeCode.CREDIT_NOTE
    ).first()

"""What a claim says: its lines with their proofs, and the whole as it is frozen when it is submitted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from billing.claims.models import Claim, ClaimLine
from billing.invoicing.models import Invoice, InvoiceKind
from tenants.directory.current import current_tenant
from tenants.parties.queries import operator_party
from tenants.parties.snapshots import party_snapshot

RETURN_SOURCE = "return:"


@dataclass(frozen=True)
class ClaimRow:
    """One line with what proves it; `on` is the ISO legal date of the approval, the return or the refusal.

    `again` is the number of the claim that asked for it before, empty at first.
    """

    position: int
    order: str
    business: str
    siren: str
    seller: str
    description: str
    invoice: str
    on: str
    is_return: bool
    amount_cents: int
    again: str = ""


def claim_lines(claim: Claim) -> Any:
    """The lines of a claim with all that `claim_rows` reads, in their order."""
    way = ("voucher__charge", "release__item")
    return claim.lines.select_related(
        *(f"part__{name}" for name in way),
        *(f"voucher_return__part__{name}" for name in way),
        *(f"rest__part__{name}" for name in way),
        "rest__line__claim",
    ).order_by("position")


def claim_rows(lines: Iterable[ClaimLine]) -> list[ClaimRow]:
    """Lines with order number, business, SIREN, invoice or credit note, and day; two statements at most."""
    found = list(lines)
    sales = dict(
        Invoice.objects.filter(
            release__in=[line.asked_part.release_id for line in found if line.asked_part is not None],
            kind=InvoiceKind.SALE,
            type_code=Invoice.TypeCode.INVOICE,
        ).values_list("release_id", "number")
    )
    sources = {
        int(key): line.pk
        for line in found
        if line.voucher_return is not None
        and (key := line.voucher_return.source.removeprefix(RETURN_SOURCE)).isdecimal()
    }
    credit_notes = (
        {
            sources[key]: number
            for key, number in Invoice.objects.filter(
                charge_return__in=sources, kind=InvoiceKind.SALE
            ).values_list("charge_return_id", "number")
        }
        if sources
        else {}
    )
    return [_row(line, sales, credit_notes) for line in found]


def claim_snapshot(claim: Claim) -> dict[str, Any]:
    """All that the claim's papers say, JSON-able; the claim has its number."""
    tenant, operator = current_tenant(), operator_party()
    on = claim.submitted_on
    if on is None:
        raise ValueError("only a claim that is being submitted is frozen")
    return {
        "version": 1,
        "number": claim.number,
        "tenant": {"name": tenant.name, "accent": tenant.brand.get("primary", "")},
        "operator": party_snapshot(operator, on) if operator else None,
        "funder": party_snapshot(claim.funder, on),
        "programme": {"slug": claim.programme.slug, "name": claim.programme.name},
        "starts_on": claim.starts_on.isoformat(),
        "ends_on": claim.ends_on.isoformat(),
        "submitted_on": on.isoformat(),
        "currency": claim.currency,
        "is_fictitious": tenant.is_demo or claim.funder.is_fictitious,
        "rows": [asdict(row) for row in claim_rows(claim_lines(claim))],
        "parts_cents": claim.parts_cents,
        "returns_cents": claim.returns_cents,
        "asked_cents": claim.asked_cents,
    }


def fingerprint(snapshot: dict[str, Any]) -> str:
    """SHA-256 of a snapshot in its one canonical text."""
    text = json.dumps(snapshot, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _row(line: ClaimLine, sales: dict[int, str], credit_notes: dict[int, str]) -> ClaimRow:
    given = line.voucher_return
    part = line.asked_part if given is None else given.part
    if part is None or part.voucher.charge is None:
        raise ValueError(f"claim line {line.pk} without a part of an order")
    charge, item = part.voucher.charge, part.release.item
    return ClaimRow(
        position=line.position,
        order=charge.reference,
        business=charge.buyer_snapshot["legal_name"],
        siren=charge.buyer_snapshot["siren"] or "",
        seller=item.seller_snapshot["legal_name"],
        description=f"{item.description}, {part.release.label}",
        invoice=sales.get(part.release_id, "") if given is None else credit_notes.get(line.pk, ""),
        on=line.happened_on.isoformat(),
        is_return=given is not None,
        amount_cents=line.amount_cents,
        again=line.rest.line.claim.number if line.rest is not None else "",
    )

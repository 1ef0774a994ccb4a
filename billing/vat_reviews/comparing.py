"""VAT of a released part computed anew for its tax point, beside what the order expected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from billing.charges.errors import VatRateUnknown, VatRegimeUnknown
from billing.charges.inputs import VatKind
from billing.charges.models import ChargeRelease
from billing.charges.restating import PartVat, part_vat, restated_part
from billing.charges.vat import VatTreatment, tax_point, vat_treatment
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date
from tenants.parties.queries import operator_party
from tenants.parties.snapshots import party_as_frozen


@dataclass(frozen=True)
class Comparison:
    """Expected and found VAT of a part, with the legal dates of both tax points."""

    tax_point_on: date
    commission_on: date
    expected: PartVat
    found: PartVat | None
    problem: str

    @property
    def sale_differs(self) -> bool:
        """Whether the sale's VAT is another, or unknown."""
        return self.found is None or any(
            new.treatment != old.treatment
            for new, old in zip(self.found.shares, self.expected.shares, strict=True)
        )

    @property
    def commission_differs(self) -> bool:
        """Whether the commission's VAT is another, or unknown."""
        return self.found is None or self.found.commission != self.expected.commission


def compare(release: ChargeRelease) -> Comparison:
    """What rates and regimes of today's knowledge say for the tax points of a released part.

    Seller and buyer are those of the snapshots: who was sold to, and where, does not change any more. The
    charge is locked by the caller and set on `release.item`.
    """
    expected = part_vat(release)
    sale_on, commission_on = _tax_points(release)
    found, problem = None, ""
    try:
        found = restated_part(expected, *_treatments(release, expected, sale_on, commission_on))
    except (VatRegimeUnknown, VatRateUnknown) as unknown:
        problem = str(unknown)
    return Comparison(sale_on, commission_on, expected, found, problem)


def as_json(part: PartVat) -> dict[str, Any]:
    """The form kept in a review: amounts in cents, rates as decimal strings."""
    return {
        "excl_cents": part.excl_cents,
        "vat_cents": part.vat_cents,
        "shares": [
            {**_treatment_json(share.treatment), "excl_cents": share.excl_cents} for share in part.shares
        ],
        "rows": [
            {
                "category": row.category,
                "rate": str(row.rate),
                "base_cents": row.base_cents,
                "vat_cents": row.vat_cents,
            }
            for row in part.rows
        ],
        "commission": {
            **_treatment_json(part.commission),
            "excl_cents": part.commission_excl_cents,
            "vat_cents": part.commission_vat_cents,
        },
    }


def _treatment_json(treatment: VatTreatment) -> dict[str, str]:
    return {"category": treatment.category, "rate": str(treatment.rate), "wording": treatment.wording}


def _tax_points(release: ChargeRelease) -> tuple[date, date]:
    tenant = current_tenant()
    item, charge = release.item, release.item.charge
    if release.released_at is None or charge.paid_at is None:
        raise ValueError(f"release {release.pk} has no tax point yet")
    released_on = legal_date(tenant, release.released_at)
    sale_on = tax_point(
        supply=item.supply,
        supplied_on=released_on,
        paid_on=legal_date(tenant, charge.paid_at),
        issued_on=released_on,
    ).on
    amended = item.amendments.order_by("-number").values_list("priced_on", flat=True).first()
    # Whoever took the item over has sold nothing before that day.
    return max(sale_on, amended or sale_on), released_on


def _treatments(
    release: ChargeRelease, expected: PartVat, sale_on: date, commission_on: date
) -> tuple[list[VatTreatment], VatTreatment]:
    item, charge = release.item, release.item.charge
    seller = party_as_frozen(item.seller, item.seller_snapshot)
    buyer = party_as_frozen(charge.buyer, charge.buyer_snapshot)
    kinds = [share.line.vat_kind for share in release.shares.select_related("line")]
    known = {
        kind: vat_treatment(seller=seller, buyer=buyer, vat_kind=kind, on=sale_on)
        for kind in dict.fromkeys(kinds)
    }
    commission = expected.commission
    if release.commission_incl_cents:
        operator = operator_party()
        if operator is not None:
            commission = vat_treatment(
                seller=operator, buyer=seller, vat_kind=VatKind.STANDARD, on=commission_on
            )
    return [known[kind] for kind in kinds], commission

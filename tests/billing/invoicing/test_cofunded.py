"""An invoice of a part that aid helps to pay: what is due is the funder's, and the paper says so."""

from __future__ import annotations

from typing import Any

from billing.charges.cofunding import Share
from billing.charges.models import ChargeRelease
from billing.charges.operations import open_charge, settle_charge
from billing.invoicing.document import document_context
from billing.invoicing.drafts import draft_sale
from tests.billing.building import item, line
from tests.billing.invoicing.making import NOON, Market


def test_the_rest_is_due_by_the_funder(market: Market, tenant: Any) -> None:
    share = Share("cheque", "Chèque numérique", "", "Région", 5_000)
    charge = open_charge(
        reference="CMD-AIDE",
        buyer=market.buyer,
        items=[item(market.seller, line("100.00"), key="aide-1")],
        cofund=lambda _priced: {("aide-1", "step-1"): [share]},
    )
    settle_charge(charge=charge, paid_at=NOON)
    part = ChargeRelease.objects.select_related("item__seller", "item__charge__buyer").get()
    part.released_at = NOON
    drafted = draft_sale(tenant=tenant, release=part, on=NOON.date())
    assert (drafted.incl_cents, drafted.due_cents) == (12_000, 5_000)
    assert drafted.content["totals"]["prepaid"] == "70.00"
    assert drafted.content["cofunding"] == [
        {"payer": "Région", "programme": "Chèque numérique", "amount": "50.00"}
    ]
    snapshot = {**drafted.content, "number": "F-1", "issued_on": "2026-11-23", "issued_at": "", "sha256": ""}
    shown = document_context(snapshot, sha256="0" * 64)
    assert [one["cents"] for one in shown["cofunding"]] == [5_000]

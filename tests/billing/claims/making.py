"""Claims for the tests."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from billing.claims.drafting import draw_claim
from billing.claims.models import Claim, ClaimPayment
from billing.claims.operations import record_claim_payment, submit_claim
from billing.funding.models import Programme
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date


def today() -> Any:
    """The tenant's legal date."""
    return legal_date(current_tenant(), timezone.now())


def drawn(programme: Programme) -> Claim:
    """The draft of all that is open."""
    return draw_claim(programme=programme, until=today(), user=None)


def submitted(programme: Programme) -> Claim:
    """A claim of all that is open, submitted."""
    return submit_claim(claim_id=drawn(programme).pk, user=None)


def paid(claim: Claim, cents: int | None = None, reference: str = "") -> ClaimPayment:
    """Money for a claim: what is left of it, or some of that."""
    claim.refresh_from_db()
    return record_claim_payment(
        claim_id=claim.pk,
        amount_cents=abs(claim.left_cents) if cents is None else cents,
        paid_on=today(),
        bank_reference=reference or f"VIR {claim.number} {claim.payments.count() + 1}",
        user=None,
    )

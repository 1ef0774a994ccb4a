"""Work of claims after commit, in the documents worker."""

from __future__ import annotations

from billing.claims.models import Claim
from billing.claims.operations import RENDER_CLAIM, store_pdf
from kernel.outbox import outbox_task


@outbox_task(RENDER_CLAIM, queue="documents", own_transactions=True)
def render_claim(claim_id: int) -> None:
    """Render the PDF from the snapshot and store it, once."""
    claim = Claim.objects.get(pk=claim_id)
    if hasattr(claim, "document"):
        return
    # WeasyPrint is loaded in the documents worker only.
    from billing.claims import rendering

    store_pdf(claim_id=claim.pk, pdf=rendering.render_pdf(claim.snapshot, sha256=claim.sha256))

"""Work of invoicing after commit, in the documents worker."""

from __future__ import annotations

from django.utils import translation

from billing.charges.models import ChargeReturn
from billing.invoicing.credit_notes import issue_credit_note
from billing.invoicing.errors import IssueRefused
from billing.invoicing.models import Invoice, InvoiceKind
from billing.invoicing.operations import (
    issue_commission_invoice,
    issue_release_invoice,
    record_refusal,
    store_document,
)
from kernel.outbox import outbox_task


@outbox_task("invoicing.issue_release_invoice", queue="documents", own_transactions=True)
def issue_release(release_id: int) -> None:
    """Issue the seller's invoice; a refusal becomes a to-do of the operator, not a retry."""
    try:
        issue_release_invoice(release_id=release_id)
    except IssueRefused as refusal:
        _note(release_id, InvoiceKind.SALE, refusal)


@outbox_task("invoicing.issue_commission_invoice", queue="documents", own_transactions=True)
def issue_commission(release_id: int) -> None:
    """Issue the tenant's invoice for its commission; a refusal becomes a to-do of the operator."""
    try:
        issue_commission_invoice(release_id=release_id)
    except IssueRefused as refusal:
        _note(release_id, InvoiceKind.COMMISSION, refusal)


@outbox_task("invoicing.issue_credit_note", queue="documents", own_transactions=True)
def issue_sale_credit_note(return_id: int) -> None:
    """Issue the seller's credit note; a refusal becomes a to-do of the operator."""
    try:
        issue_credit_note(return_id=return_id, kind=InvoiceKind.SALE)
    except IssueRefused as refusal:
        _note_return(return_id, InvoiceKind.SALE, refusal)


@outbox_task("invoicing.issue_commission_credit_note", queue="documents", own_transactions=True)
def issue_commission_credit_note(return_id: int) -> None:
    """Issue the tenant's credit note for the commission given back; a refusal becomes a to-do."""
    try:
        issue_credit_note(return_id=return_id, kind=InvoiceKind.COMMISSION)
    except IssueRefused as refusal:
        _note_return(return_id, InvoiceKind.COMMISSION, refusal)


@outbox_task("invoicing.render_invoice", queue="documents", own_transactions=True)
def render_invoice(invoice_id: int) -> None:
    """Render the PDF from the snapshot and store it, once."""
    invoice = Invoice.objects.get(pk=invoice_id)
    if hasattr(invoice, "document"):
        return
    # WeasyPrint is loaded in the documents worker only.
    from billing.invoicing import rendering

    pdf = rendering.render_pdf(invoice.snapshot, sha256=invoice.sha256)
    store_document(invoice=invoice, pdf=pdf, template_version=rendering.TEMPLATE_VERSION)


def _note(release_id: int, kind: str, refusal: IssueRefused) -> None:
    with translation.override("fr"):
        record_refusal(release_id=release_id, kind=kind, code=refusal.code, message=str(refusal))


def _note_return(return_id: int, kind: str, refusal: IssueRefused) -> None:
    release_id = ChargeReturn.objects.values_list("release_id", flat=True).get(pk=return_id)
    with translation.override("fr"):
        record_refusal(
            release_id=release_id, return_id=return_id, kind=kind, code=refusal.code, message=str(refusal)
        )

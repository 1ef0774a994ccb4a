"""Issue invoices, accept the mandate that lets us, store their documents."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from billing.charges.lifecycle import ReleaseState
from billing.charges.models import ChargeRelease, ChargeReturn
from billing.invoicing.canonical import canonical_text, chained_sha256
from billing.invoicing.drafts import Draft, draft_commission, draft_sale
from billing.invoicing.errors import NotReleased, VatToConfirm
from billing.invoicing.models import Invoice, InvoiceDocument, InvoiceKind, IssueRefusal, Mandate
from billing.invoicing.numbering import lock_sequence, number_at
from billing.invoicing.wordings import mandate_wording
from billing.vat_reviews.queries import vat_is_open
from kernel.faults import fault_point
from kernel.outbox.operations import enqueue
from tenants.accounts.models import User
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date
from tenants.directory.models import Tenant
from tenants.parties.models import Party

ISSUE_TASKS = {
    InvoiceKind.SALE: "invoicing.issue_release_invoice",
    InvoiceKind.COMMISSION: "invoicing.issue_commission_invoice",
}
CREDIT_TASKS = {
    InvoiceKind.SALE: "invoicing.issue_credit_note",
    InvoiceKind.COMMISSION: "invoicing.issue_commission_credit_note",
}


@transaction.atomic
def issue_release_invoice(*, release_id: int, now: datetime | None = None) -> Invoice:
    """Issue the seller's invoice for one approved part, once; the same invoice at every further call.

    Issued by the tenant in the seller's name under its mandate, or in its own name for its own sale. Raises
    IssueRefused; a refusal burns no number.
    """
    return _issue(release_id, InvoiceKind.SALE, draft_sale, now)


@transaction.atomic
def issue_commission_invoice(*, release_id: int, now: datetime | None = None) -> Invoice:
    """Issue the tenant's invoice to the seller for its commission on one approved part, once.

    Raises IssueRefused.
    """
    return _issue(release_id, InvoiceKind.COMMISSION, draft_commission, now)


@transaction.atomic
def accept_mandate(*, party: Party, user: User | None, now: datetime | None = None) -> Mandate:
    """The seller mandates the tenant to invoice in its name, by today's text; once a version of it.

    What could not be issued without it is asked for again. Raises WordingMissing.
    """
    instant = now or timezone.now()
    on = legal_date(current_tenant(), instant)
    wording = mandate_wording(on)
    mandate, created = Mandate.objects.get_or_create(
        party=party,
        wording=wording,
        ended_on=None,
        defaults={"accepted_at": instant, "accepted_on": on, "accepted_by": user},
    )
    if created:
        for refusal in IssueRefusal.objects.filter(settled_at=None, release__item__seller=party):
            request_again(refusal=refusal)
    return mandate


@transaction.atomic
def end_mandate(*, party: Party, now: datetime | None = None) -> int:
    """The seller ends its mandate: nothing is issued under it after today. How many versions ended."""
    on = legal_date(current_tenant(), now or timezone.now())
    return Mandate.objects.filter(party=party, ended_on=None).update(ended_on=on)


@transaction.atomic
def request_again(*, refusal: IssueRefusal) -> None:
    """Ask for the invoice once more, after what stood in its way was mended."""
    if refusal.charge_return_id is not None:
        enqueue(CREDIT_TASKS[InvoiceKind(refusal.kind)], return_id=refusal.charge_return_id)
    else:
        enqueue(ISSUE_TASKS[InvoiceKind(refusal.kind)], release_id=refusal.release_id)


@transaction.atomic
def record_refusal(
    *, release_id: int, kind: str, code: str, message: str, return_id: int | None = None
) -> IssueRefusal:
    """Remember why an invoice, or the credit note of a return, was not issued; the latest reason stands."""
    refusal, _created = IssueRefusal.objects.update_or_create(
        release_id=release_id,
        charge_return_id=return_id,
        kind=kind,
        defaults={"code": code, "message": message, "refused_at": timezone.now(), "settled_at": None},
    )
    return refusal


@transaction.atomic
def store_document(*, invoice: Invoice, pdf: bytes, template_version: str) -> InvoiceDocument:
    """Keep the rendered bytes; those that were stored first stay."""
    document, _created = InvoiceDocument.objects.get_or_create(
        invoice=invoice,
        defaults={
            "pdf": pdf,
            "sha256": hashlib.sha256(pdf).hexdigest(),
            "template_version": template_version,
        },
    )
    return document


def _issue(release_id: int, kind: str, draft: Callable[..., Draft], now: datetime | None) -> Invoice:
    known = _issued(release_id, kind)
    if known is not None:
        return known
    tenant = current_tenant()
    instant = now or timezone.now()
    release = (
        ChargeRelease.objects.select_related("item__seller", "item__charge__buyer")
        .prefetch_related("shares__line", "vat_breakdown")
        .get(pk=release_id)
    )
    if release.state != ReleaseState.RELEASED:
        raise NotReleased()
    if vat_is_open(release, sale=kind == InvoiceKind.SALE):
        raise VatToConfirm()
    invoice = issue_drafted(
        tenant=tenant,
        release=release,
        charge_return=None,
        redraft=lambda on: draft(tenant=tenant, release=release, on=on),
        known=lambda: _issued(release_id, kind),
        instant=instant,
    )
    refused = IssueRefusal.objects.filter(release=release, charge_return=None, kind=kind, settled_at=None)
    refused.update(settled_at=instant)
    return invoice


def issue_drafted(
    *,
    tenant: Tenant,
    release: ChargeRelease,
    charge_return: ChargeReturn | None,
    redraft: Callable[[date], Draft],
    known: Callable[[], Invoice | None],
    instant: datetime,
) -> Invoice:
    """Give a draft its number, date and place in the chain, under the lock of its sequence.

    `redraft(on)` builds the draft for a date of issue; `known()` finds what somebody else issued while we
    waited for the sequence. The last lock of any operation.
    """
    on = legal_date(tenant, instant)
    drafted = redraft(on)
    sequence = lock_sequence(
        tenant=tenant, seller=drafted.seller, mandatary=drafted.mandatary, kind=drafted.kind, on=on
    )
    # Whoever issued it while we waited for the sequence has committed by now.
    issued = known()
    if issued is not None:
        return issued
    if sequence.last_issued_on is not None and sequence.last_issued_on > on:
        # The machine's clock went back: dates of a sequence never do.
        on = sequence.last_issued_on
        drafted = redraft(on)
    position = sequence.last_number + 1
    number = number_at(sequence, position)
    snapshot = canonical_text(
        {
            **drafted.content,
            "number": number,  # BT-1
            "issued_on": on.isoformat(),  # BT-2
            "issued_at": instant.isoformat(timespec="seconds"),
        }
    )
    sha256 = chained_sha256(sequence.head_sha256, snapshot)
    invoice = Invoice.objects.create(
        sequence=sequence,
        position=position,
        number=number,
        kind=drafted.kind,
        type_code=drafted.content["type_code"],
        seller=drafted.seller,
        buyer=drafted.buyer,
        release=release,
        charge_return=charge_return,
        currency=drafted.content["currency"],
        excl_cents=drafted.excl_cents,
        vat_cents=drafted.vat_cents,
        incl_cents=drafted.incl_cents,
        due_cents=drafted.due_cents,
        issued_on=on,
        issued_at=instant,
        snapshot=snapshot,
        sha256=sha256,
        previous_sha256=sequence.head_sha256,
    )
    sequence.last_number, sequence.last_issued_on, sequence.head_sha256 = position, on, sha256
    sequence.save(update_fields=["last_number", "last_issued_on", "head_sha256"])
    fault_point("invoicing.before_commit")
    enqueue("invoicing.render_invoice", invoice_id=invoice.pk)
    return invoice


def _issued(release_id: int, kind: str) -> Invoice | None:
    return Invoice.objects.filter(
        release_id=release_id, kind=kind, type_code=Invoice.TypeCode.INVOICE
    ).first()

"""Walks the chains of invoices and names the first that is broken in each."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass

from billing.invoicing.canonical import canonical_text, cents_of, chained_sha256
from billing.invoicing.models import GENESIS, Invoice, InvoiceDocument, InvoiceSequence
from billing.invoicing.numbering import number_at


@dataclass(frozen=True)
class Finding:
    """The first broken invoice of a sequence and what does not agree."""

    number: str
    detail: str

    def __str__(self) -> str:
        return f"{self.number}: {self.detail}"


@dataclass(frozen=True)
class Report:
    """Result of one tenant; at most one finding a sequence, and one a document."""

    sequences: int
    invoices: int
    findings: tuple[Finding, ...]

    @property
    def is_clean(self) -> bool:
        """Whether every chain holds."""
        return not self.findings


def verify_invoices() -> Report:
    """Check every sequence and every stored document of the current tenant."""
    sequences = list(InvoiceSequence.objects.all())
    findings = [found for sequence in sequences if (found := verify_sequence(sequence)) is not None]
    findings += check_documents()
    return Report(len(sequences), Invoice.objects.count(), tuple(findings))


def verify_sequence(sequence: InvoiceSequence) -> Finding | None:
    """The first broken invoice of a sequence, or None.

    Numbers follow each other, dates never go back, each hash is that of its snapshot and of the one before,
    and the sequence remembers its head: removing the last invoices shows as well.
    """
    previous, position, latest = GENESIS, 0, None
    for invoice in sequence.invoices.order_by("position").iterator(chunk_size=500):
        position += 1
        expected = number_at(sequence, position)
        if invoice.position != position:
            return Finding(expected, "is missing")
        trouble = _trouble(invoice, expected, previous)
        if trouble is None and latest is not None and invoice.issued_on < latest:
            trouble = f"issued on {invoice.issued_on}, after one of {latest}"
        if trouble is not None:
            return Finding(invoice.number, trouble)
        previous, latest = invoice.sha256, invoice.issued_on
    if position != sequence.last_number:
        return Finding(number_at(sequence, position + 1), f"is missing, {sequence.last_number} were issued")
    if previous != sequence.head_sha256:
        return Finding(sequence.prefix, "the head of the chain is another")
    return None


def check_documents() -> Iterator[Finding]:
    """Documents whose bytes are not those that were stored."""
    documents = InvoiceDocument.objects.select_related("invoice").defer("invoice__snapshot")
    for document in documents.iterator(chunk_size=50):
        if hashlib.sha256(document.pdf).hexdigest() != document.sha256:
            yield Finding(document.invoice.number, "the stored document was changed")


def _trouble(invoice: Invoice, number: str, previous: str) -> str | None:
    if invoice.previous_sha256 != previous:
        return "does not follow the one before"
    if chained_sha256(previous, invoice.snapshot) != invoice.sha256:
        return "its snapshot was changed"
    content = json.loads(invoice.snapshot)
    if canonical_text(content) != invoice.snapshot:
        return "its snapshot is not in canonical form"
    totals = {name: cents_of(text) for name, text in content["totals"].items()}
    told = (
        (invoice.number, content["number"]),
        (invoice.number, number),
        (invoice.kind, content["kind"]),
        (invoice.type_code, content["type_code"]),
        (invoice.issued_on.isoformat(), content["issued_on"]),
        (invoice.currency, content["currency"]),
        (invoice.excl_cents, totals["excl"]),
        (invoice.vat_cents, totals["vat"]),
        (invoice.incl_cents, totals["incl"]),
        (invoice.due_cents, totals["due"]),
    )
    for column, said in told:
        if column != said:
            return f"the table says {column}, the snapshot {said}"
    return None

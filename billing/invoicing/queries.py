"""What can be asked of invoices."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet

from billing.invoicing.models import Invoice, InvoiceDocument, InvoiceKind, IssueRefusal, Mandate
from tenants.parties.models import Party


def invoices_received(party: Party) -> QuerySet[Invoice]:
    """What a party bought, newest first."""
    return _listed().filter(buyer=party, kind=InvoiceKind.SALE)


def invoices_for(party: Party) -> QuerySet[Invoice]:
    """What was issued in a seller's name, and the commissions invoiced to it, newest first."""
    return _listed().filter(Q(seller=party) | Q(buyer=party, kind=InvoiceKind.COMMISSION))


def all_invoices(kind: str = "") -> QuerySet[Invoice]:
    """Every invoice of the tenant, newest first; of one kind when given."""
    found = _listed()
    return found.filter(kind=kind) if kind else found


def invoices_of_releases(release_ids: Iterable[int]) -> dict[int, list[Invoice]]:
    """The invoices of parts of charges by release, sales before commissions, in one query."""
    found: dict[int, list[Invoice]] = {}
    for invoice in _listed().filter(release__in=list(release_ids)).order_by("-kind", "pk"):
        found.setdefault(invoice.release_id, []).append(invoice)
    return found


def open_refusals() -> QuerySet[IssueRefusal]:
    """Invoices that could not be issued, for the operator."""
    return IssueRefusal.objects.filter(settled_at=None).select_related("release__item__seller")


def current_mandate(party: Party) -> Mandate | None:
    """The mandate that a seller accepted last and has not ended."""
    return Mandate.objects.filter(party=party, ended_on=None).select_related("wording", "accepted_by").first()


def _listed() -> QuerySet[Invoice]:
    stored = InvoiceDocument.objects.filter(invoice=OuterRef("pk"))
    return (
        Invoice.objects.select_related("seller", "buyer")
        .defer("snapshot")
        .annotate(has_document=Exists(stored))
        .order_by("-pk")
    )

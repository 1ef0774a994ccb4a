"""Twenty issuers at once, some of which roll back: no gap, no fork, dates in order."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from django.db import connection, connections, transaction
from django_tenants.utils import tenant_context

from billing.invoicing.models import Invoice, InvoiceSequence
from billing.invoicing.operations import issue_release_invoice
from billing.invoicing.verification import verify_invoices
from tests.billing.invoicing.making import open_market

ISSUERS = 20


class Interrupted(Exception):
    """What an injected fault raises."""


def test_twenty_issuers_leave_no_gap(committing_tenant):
    with transaction.atomic():
        market = open_market()
        parts = [market.released()[0].pk for _ in range(ISSUERS)]

    def issue(index: int) -> None:
        connection.set_tenant(committing_tenant)
        try:
            for attempt in range(2):
                try:
                    with transaction.atomic():
                        issue_release_invoice(release_id=parts[index])
                        if attempt == 0 and index % 3 == 0:
                            raise Interrupted
                except Interrupted:
                    continue
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=ISSUERS) as pool:
        list(pool.map(issue, range(ISSUERS)))

    with tenant_context(committing_tenant):
        sequence = InvoiceSequence.objects.get()
        positions = list(Invoice.objects.order_by("position").values_list("position", flat=True))
        assert positions == list(range(1, ISSUERS + 1))
        assert sequence.last_number == ISSUERS
        assert verify_invoices().is_clean


def test_one_part_asked_for_by_many_is_invoiced_once(committing_tenant):
    with transaction.atomic():
        (part,) = open_market().released()

    def issue(_index: int) -> str:
        connection.set_tenant(committing_tenant)
        try:
            return issue_release_invoice(release_id=part.pk).number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=8) as pool:
        numbers = set(pool.map(issue, range(8)))
    with tenant_context(committing_tenant):
        assert len(numbers) == Invoice.objects.count() == 1

"""Comparison of payments and refunds with the entries that they wrote."""

from __future__ import annotations

from collections.abc import Iterator

from billing.ledger.accounts import AccountCode
from billing.ledger.models import EntryKind
from billing.ledger.verification import Finding, compare_with_entries
from billing.payments.lifecycle import RECEIVED
from billing.payments.models import Payment, Refund


def check_receipts() -> Iterator[Finding]:
    """Every cent received has its entry at the gateway, and no entry is without a payment."""
    rows = Payment.objects.filter(state__in=RECEIVED).values_list("pk", "received_cents")
    yield from compare_with_entries(
        "payments.receipts",
        ((f"payment:{pk}", cents) for pk, cents in rows.iterator()),
        EntryKind.PAYMENT,
        AccountCode.GATEWAY,
    )


def check_fees() -> Iterator[Finding]:
    """Every fee that the gateway kept has its entry."""
    rows = Payment.objects.filter(fee_cents__gt=0).values_list("pk", "fee_cents")
    yield from compare_with_entries(
        "payments.fees",
        ((f"gateway-fee:{pk}", -(cents or 0)) for pk, cents in rows.iterator()),
        EntryKind.GATEWAY_FEE,
        AccountCode.GATEWAY,
    )


def check_refunds_requested() -> Iterator[Finding]:
    """Every refund of held money moved it, once for all attempts, to what is due to buyers."""
    rows = Refund.objects.filter(
        retry_of=None, charge_item__isnull=False, release_refund__isnull=True
    ).values_list("pk", "amount_cents")
    yield from compare_with_entries(
        "payments.refunds_requested",
        ((f"refund-requested:{pk}", cents) for pk, cents in rows.iterator()),
        EntryKind.REFUND_REQUESTED,
        AccountCode.HELD,
    )


def check_refunds_done() -> Iterator[Finding]:
    """Every refund that was done left the gateway; one that came back later has its reversing entry."""
    rows = Refund.objects.filter(done_at__isnull=False).values_list("pk", "amount_cents")
    yield from compare_with_entries(
        "payments.refunds_done",
        ((f"refund-done:{pk}", -cents) for pk, cents in rows.iterator()),
        EntryKind.REFUND_DONE,
        AccountCode.GATEWAY,
    )

"""Comparison of payments and refunds with the entries that they wrote."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import F, Sum

from billing.ledger.accounts import AccountCode
from billing.ledger.models import EntryKind, Posting
from billing.ledger.queries import balance
from billing.ledger.verification import Finding, compare_with_entries
from billing.payments.lifecycle import RECEIVED, DisputeState, RefundState
from billing.payments.models import GatewayDispute, Payment, Refund, RefundOrigin


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
        (*((f"gateway-fee:{pk}", -(cents or 0)) for pk, cents in rows.iterator()), *_dispute_fees()),
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
    rows = Refund.objects.filter(done_at__isnull=False, origin=RefundOrigin.HOUSE).values_list(
        "pk", "amount_cents"
    )
    yield from compare_with_entries(
        "payments.refunds_done",
        ((f"refund-done:{pk}", -cents) for pk, cents in rows.iterator()),
        EntryKind.REFUND_DONE,
        AccountCode.GATEWAY,
    )


def check_refunds_found() -> Iterator[Finding]:
    """Every refund that was made without us left the gateway, once; its pieces sum to it."""
    found = Refund.objects.filter(origin=RefundOrigin.GATEWAY, split_of=None)
    rows = found.values_list("pk", "amount_cents")
    yield from compare_with_entries(
        "payments.refunds_found",
        ((f"refund-found:{pk}", -cents) for pk, cents in rows.iterator()),
        EntryKind.SUSPENSE,
        AccountCode.GATEWAY,
    )
    split = Refund.objects.filter(split_at__isnull=False).annotate(parts=Sum("pieces__amount_cents"))
    for refund in split.exclude(parts=F("amount_cents")):
        yield Finding(
            "payments.refunds_found", f"refund:{refund.pk}", f"{refund.amount_cents}, pieces {refund.parts}"
        )
    waiting = found.filter(cleared_at=None) | Refund.objects.filter(split_of__isnull=False, cleared_at=None)
    expected = waiting.filter(state=RefundState.DONE).aggregate(sum=Sum("amount_cents"))["sum"] or 0
    cleared = Posting.objects.filter(
        account__code=AccountCode.SUSPENSE, entry__source__regex="^refund-(found|cleared|unfound):"
    )
    booked = cleared.aggregate(sum=Sum("amount_cents"))["sum"] or 0
    if booked != expected:
        yield Finding("payments.refunds_found", AccountCode.SUSPENSE, f"ledger {booked}, refunds {expected}")


def check_disputes() -> Iterator[Finding]:
    """Every dispute took its amount out of the gateway; all that stands as disputed is not decided yet."""
    rows = GatewayDispute.objects.values_list("pk", "amount_cents")
    yield from compare_with_entries(
        "payments.disputes",
        ((f"dispute-opened:{pk}", -cents) for pk, cents in rows.iterator()),
        EntryKind.DISPUTE_OPENED,
        AccountCode.GATEWAY,
    )
    standing = GatewayDispute.objects.filter(decided_at=None).exclude(state=DisputeState.WON)
    expected = standing.aggregate(sum=Sum("amount_cents"))["sum"] or 0
    by_bank = Refund.objects.filter(
        origin=RefundOrigin.BANK, payment__disputes__in=standing.filter(state=DisputeState.LOST)
    )
    expected -= by_bank.aggregate(sum=Sum("amount_cents"))["sum"] or 0
    booked = balance(AccountCode.DISPUTED)
    if booked != expected:
        yield Finding("payments.disputes", AccountCode.DISPUTED, f"ledger {booked}, disputes {expected}")


def _dispute_fees() -> Iterator[tuple[str, int]]:
    for pk, cents in GatewayDispute.objects.filter(fee_cents__gt=0).values_list("pk", "fee_cents"):
        yield f"dispute-fee:{pk}", -cents

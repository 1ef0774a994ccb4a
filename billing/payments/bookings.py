"""The entries that payments and refunds write to the ledger; each is told once by its source."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from billing.ledger.accounts import AccountCode
from billing.ledger.models import EntryKind
from billing.ledger.operations import PostingInput, post_entry
from billing.payments.models import Payment, Refund
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date


def book_receipt(payment: Payment) -> None:
    """Money came in: held for the order, or due back to the buyer when it does not pay the charge."""
    against = AccountCode.HELD if payment.state == "succeeded" else AccountCode.REFUNDS_DUE
    _post(
        f"payment:{payment.pk}",
        EntryKind.PAYMENT,
        f"{payment.charge.reference} {payment.gateway_charge_id}",
        AccountCode.GATEWAY,
        against,
        payment.received_cents,
        payment.received_currency,
    )


def book_fee(payment: Payment) -> None:
    """What the gateway kept of a payment, borne by the operator."""
    if payment.fee_cents:
        _post(
            f"gateway-fee:{payment.pk}",
            EntryKind.GATEWAY_FEE,
            f"{payment.charge.reference} {payment.gateway_charge_id}",
            AccountCode.GATEWAY_FEES,
            AccountCode.GATEWAY,
            payment.fee_cents,
            payment.received_currency,
        )


def book_refund_requested(refund: Refund) -> None:
    """Money held for an order becomes due back to the buyer."""
    _post(
        f"refund-requested:{refund.pk}",
        EntryKind.REFUND_REQUESTED,
        refund.payment.charge.reference,
        AccountCode.HELD,
        AccountCode.REFUNDS_DUE,
        refund.amount_cents,
        refund.currency,
    )


def book_refund_done(refund: Refund) -> None:
    """The gateway gave the money back."""
    _post(
        f"refund-done:{refund.pk}",
        EntryKind.REFUND_DONE,
        f"{refund.payment.charge.reference} {refund.gateway_refund_id}",
        AccountCode.REFUNDS_DUE,
        AccountCode.GATEWAY,
        refund.amount_cents,
        refund.currency,
    )


def book_refund_returned(refund: Refund) -> None:
    """A refund that was told done came back to the gateway: it is due again."""
    _post(
        f"refund-returned:{refund.pk}",
        EntryKind.REVERSAL,
        f"{refund.payment.charge.reference} {refund.gateway_refund_id}",
        AccountCode.GATEWAY,
        AccountCode.REFUNDS_DUE,
        refund.amount_cents,
        refund.currency,
    )


def _post(source: str, kind: str, memo: str, debit: str, credit: str, cents: int, currency: str) -> None:
    post_entry(
        source=source,
        kind=kind,
        occurred_on=_today(),
        memo=memo,
        postings=(
            PostingInput(debit, cents, currency=currency),
            PostingInput(credit, -cents, currency=currency),
        ),
    )


def _today() -> date:
    return legal_date(current_tenant(), timezone.now())

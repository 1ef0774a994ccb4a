"""The entries that payments and refunds write to the ledger; each is told once by its source."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils import timezone

from billing.ledger.accounts import AccountCode
from billing.ledger.models import EntryKind
from billing.ledger.operations import PostingInput, post_entry
from billing.payments.lifecycle import PaymentState
from billing.payments.models import GatewayDispute, Payment, Refund
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date


def book_receipt(payment: Payment) -> None:
    """Money came in: held for the order, or due back to the buyer when it does not pay the charge."""
    against = AccountCode.HELD if payment.state == PaymentState.SUCCEEDED else AccountCode.REFUNDS_DUE
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


def book_refund_found(refund: Refund) -> None:
    """Money left the gateway without us; for what, staff say, unless it was due to the buyer anyway."""
    owed = refund.payment.state != PaymentState.SUCCEEDED
    _post(
        f"refund-found:{refund.pk}",
        EntryKind.SUSPENSE,
        f"{refund.payment.charge.reference} {refund.gateway_refund_id}",
        AccountCode.REFUNDS_DUE if owed else AccountCode.SUSPENSE,
        AccountCode.GATEWAY,
        refund.amount_cents,
        refund.currency,
    )


def book_refund_cleared(refund: Refund, *, borne: bool) -> None:
    """What left without us was for cancelled parts that are due to the buyer, or the operator bears it."""
    _post(
        f"refund-cleared:{refund.pk}",
        EntryKind.SUSPENSE_CLEARED,
        f"{refund.payment.charge.reference} {refund.gateway_refund_id}",
        AccountCode.REFUNDS_BORNE if borne else AccountCode.REFUNDS_DUE,
        AccountCode.SUSPENSE,
        refund.amount_cents,
        refund.currency,
    )


def book_refund_unfound(refund: Refund) -> None:
    """Money that left without us came back before anybody said what it was for."""
    _post(
        f"refund-unfound:{refund.pk}",
        EntryKind.REVERSAL,
        f"{refund.payment.charge.reference} {refund.gateway_refund_id}",
        AccountCode.GATEWAY,
        AccountCode.SUSPENSE,
        refund.amount_cents,
        refund.currency,
    )


def book_refund_unborne(refund: Refund) -> None:
    """Money that left without us and that the operator bore came back: it is the operator's again."""
    _post(
        f"refund-unborne:{refund.pk}",
        EntryKind.REVERSAL,
        f"{refund.payment.charge.reference} {refund.gateway_refund_id}",
        AccountCode.GATEWAY,
        AccountCode.REFUNDS_BORNE,
        refund.amount_cents,
        refund.currency,
    )


def book_refund_counted(refund: Refund) -> None:
    """What the operator bore counts for cancelled parts after all: it is the operator's again."""
    _post(
        f"refund-counted:{refund.pk}",
        EntryKind.REVERSAL,
        f"{refund.payment.charge.reference} {refund.reason}",
        AccountCode.REFUNDS_DUE,
        AccountCode.REFUNDS_BORNE,
        refund.amount_cents,
        refund.currency,
    )


def book_refund_by_bank(refund: Refund) -> None:
    """Cancelled parts are due to a buyer whose bank took the money already: it is given back by that."""
    _post(
        f"refund-by-bank:{refund.pk}",
        EntryKind.DISPUTE_LOST,
        refund.payment.charge.reference,
        AccountCode.REFUNDS_DUE,
        AccountCode.DISPUTED,
        refund.amount_cents,
        refund.currency,
    )


def book_dispute_opened(dispute: GatewayDispute) -> None:
    """The bank took the money out of the gateway."""
    _post_dispute(dispute, "opened", EntryKind.DISPUTE_OPENED, AccountCode.DISPUTED, AccountCode.GATEWAY)


def book_dispute_won(dispute: GatewayDispute) -> None:
    """The bank gave it back."""
    _post_dispute(dispute, "won", EntryKind.DISPUTE_WON, AccountCode.GATEWAY, AccountCode.DISPUTED)


def book_dispute_of_owed(dispute: GatewayDispute) -> None:
    """The bank took money that was due back to the buyer anyway: the debt is gone."""
    _post_dispute(dispute, "owed", EntryKind.DISPUTE_LOST, AccountCode.REFUNDS_DUE, AccountCode.DISPUTED)


def book_dispute_fee(dispute: GatewayDispute) -> None:
    """What the gateway asks for a dispute, borne by the operator."""
    if dispute.fee_cents:
        _post(
            f"dispute-fee:{dispute.pk}",
            EntryKind.GATEWAY_FEE,
            _memo(dispute),
            AccountCode.GATEWAY_FEES,
            AccountCode.GATEWAY,
            dispute.fee_cents,
            dispute.currency,
        )


def book_dispute_lost(dispute: GatewayDispute, debits: Sequence[PostingInput]) -> None:
    """Who bears what no cancelled part covers; `debits` sum to `borne_cents`."""
    post_entry(
        source=f"dispute-lost:{dispute.pk}",
        kind=EntryKind.DISPUTE_LOST,
        occurred_on=_today(),
        memo=_memo(dispute),
        postings=(
            *debits,
            PostingInput(AccountCode.DISPUTED, -dispute.borne_cents, currency=dispute.currency),
        ),
    )


def _memo(dispute: GatewayDispute) -> str:
    return f"{dispute.payment.charge.reference} {dispute.gateway_dispute_id}"


def _post_dispute(dispute: GatewayDispute, step: str, kind: str, debit: str, credit: str) -> None:
    source = f"dispute-{step}:{dispute.pk}"
    _post(source, kind, _memo(dispute), debit, credit, dispute.amount_cents, dispute.currency)


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

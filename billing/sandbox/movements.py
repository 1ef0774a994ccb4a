"""Money leaving a platform account: refunds to cards, transfers to connected accounts; and what is left."""

from __future__ import annotations

from typing import Any

from django.db.models import Sum
from django.utils import timezone

from billing.sandbox.errors import ApiError, OrderedRefusal, missing
from billing.sandbox.events import record_event, webhook_mode
from billing.sandbox.knobs import REFUNDS, REVERSALS, TRANSFERS, take_knob
from billing.sandbox.models import Account, BalanceTransaction, Charge, Dispute, Refund, Reversal, Transfer
from billing.sandbox.objects import charge_object, refund_object, transfer_object


def charge_for(identifier: str, account: Account) -> Charge:
    """The charge of this account, or 404."""
    charge = Charge.objects.filter(identifier=identifier, account=account).first()
    if charge is None:
        raise missing("charge", identifier)
    return charge


def balance_of(account: Account, currency: str = "eur") -> tuple[int, int]:
    """Available and pending cents of an account."""
    rows = BalanceTransaction.objects.filter(account=account, currency=currency)
    total = rows.aggregate(sum=Sum("net"))["sum"] or 0
    pending = rows.filter(available_at__gt=timezone.now()).aggregate(sum=Sum("net"))["sum"] or 0
    return total - pending, pending


def session_of(charge: Charge | None) -> str:
    """The page that a charge was paid on: knobs turned for one payment go by it."""
    return charge.payment_intent.session.identifier if charge is not None else ""


def move(account: Account, kind: str, source: str, amount: int, currency: str) -> BalanceTransaction:
    """Write a movement without fee, available at once."""
    return BalanceTransaction.objects.create(
        account=account,
        kind=kind,
        source=source,
        amount=amount,
        net=amount,
        currency=currency,
        available_at=timezone.now(),
    )


def create_refund(
    account: Account, *, charge: Charge, amount: int | None, reason: str, metadata: dict[str, str]
) -> Refund:
    """Give back ``amount`` cents (all that is left by default); pending refunds count as given."""
    if charge.status != "succeeded":
        raise ApiError("This charge was never paid.", code="charge_not_refundable", param="charge")
    if Dispute.objects.filter(charge=charge).exclude(status="won").exists():
        raise ApiError("This charge has been charged back.", code="charge_disputed", param="charge")
    given = sum(r.amount for r in charge.refunds.exclude(status="failed"))
    left = charge.amount - given
    if left <= 0:
        raise ApiError(
            "This charge has already been refunded.", code="charge_already_refunded", param="charge"
        )
    amount = left if amount is None else amount
    if not 0 < amount <= left:
        raise ApiError(
            f"The amount is greater than what is left to refund ({left}).",
            code="amount_too_large",
            param="amount",
        )
    session = session_of(charge)
    mode = webhook_mode(account, session=session)
    status = (take_knob(account, REFUNDS, session=session) or {}).get("mode", "succeeded")
    refund = Refund.objects.create(
        account=account,
        charge=charge,
        amount=amount,
        currency=charge.currency,
        status=status,
        failure_reason="expired_or_canceled_card" if status == "failed" else "",
        reason=reason,
        metadata=metadata,
    )
    if status != "failed":
        move(account, "refund", refund.identifier, -amount, charge.currency)
    record_event(account, "refund.created", refund_object(refund), mode)
    if status == "failed":
        record_event(account, "refund.failed", refund_object(refund), mode)
    else:
        record_event(account, "charge.refunded", charge_object(charge), mode)
    return refund


def settle_refund(refund: Refund, *, status: str) -> Refund:
    """Bring a pending refund to its end; a failed one returns to the balance.

    One that succeeded may still fail: banks send money back days later.
    """
    if refund.status != "pending" and (refund.status, status) != ("succeeded", "failed"):
        raise ApiError(f"This refund is already {refund.status}.", code="refund_not_pending")
    refund.status = status
    if status == "failed":
        refund.failure_reason = "expired_or_canceled_card"
        move(refund.account, "refund_failure", refund.identifier, refund.amount, refund.currency)
    refund.save(update_fields=["status", "failure_reason"])
    kind = "refund.failed" if status == "failed" else "refund.updated"
    mode = webhook_mode(refund.account, session=session_of(refund.charge))
    record_event(refund.account, kind, refund_object(refund), mode)
    return refund


def create_transfer(
    account: Account,
    *,
    destination: Account,
    source: Charge | None,
    amount: int,
    currency: str,
    **fields: Any,
) -> Transfer:
    """Move cents to a payee: never more than the source charge still holds, or than what is available."""
    if amount <= 0:
        raise ApiError("The amount must be positive.", code="parameter_invalid_integer", param="amount")
    ordered = (take_knob(account, TRANSFERS, session=session_of(source)) or {}).get("mode")
    if destination.restricted or ordered == "account_restricted":
        raise (OrderedRefusal if ordered else ApiError)(
            "The destination account cannot receive transfers.",
            code="insufficient_capabilities_for_transfer",
            param="destination",
        )
    if ordered == "balance_insufficient":
        raise OrderedRefusal("You have insufficient available funds.", code="balance_insufficient")
    if source is None:
        available, _ = balance_of(account, currency)
        if amount > available:
            raise ApiError("You have insufficient available funds.", code="balance_insufficient")
    else:
        _check_source(source, amount, currency)
    transfer = Transfer.objects.create(
        account=account,
        destination=destination,
        source_transaction=source,
        amount=amount,
        currency=currency,
        **fields,
    )
    move(account, "transfer", transfer.identifier, -amount, currency)
    move(destination, "payment", transfer.identifier, amount, currency)
    mode = webhook_mode(account, session=session_of(source))
    record_event(account, "transfer.created", transfer_object(transfer), mode)
    return transfer


def reverse_transfer(transfer: Transfer, *, amount: int | None, metadata: dict[str, str]) -> Reversal:
    """Take a transfer back, all that is left of it by default; only what the payee still has there."""
    left = transfer.amount - (transfer.reversals.aggregate(sum=Sum("amount"))["sum"] or 0)
    amount = left if amount is None else amount
    if not 0 < amount <= left:
        raise ApiError(
            f"The amount is greater than what is left to reverse ({left}).",
            code="amount_too_large",
            param="amount",
        )
    account = transfer.account
    session = session_of(transfer.source_transaction)
    ordered = (take_knob(account, REVERSALS, session=session) or {}).get("mode")
    available, pending = balance_of(transfer.destination, transfer.currency)
    if ordered == "balance_insufficient" or amount > available + pending:
        refusal = OrderedRefusal if ordered else ApiError
        raise refusal("The account has insufficient funds.", code="balance_insufficient")
    reversal = Reversal.objects.create(transfer=transfer, amount=amount, metadata=metadata)
    move(account, "transfer_refund", reversal.identifier, amount, transfer.currency)
    move(transfer.destination, "payment_refund", reversal.identifier, -amount, transfer.currency)
    mode = webhook_mode(account, session=session)
    record_event(account, "transfer.reversed", transfer_object(transfer), mode)
    return reversal


def _check_source(source: Charge, amount: int, currency: str) -> None:
    if source.status != "succeeded" or source.currency != currency:
        raise ApiError(
            "This charge cannot fund the transfer.",
            code="transfer_source_invalid",
            param="source_transaction",
        )
    moved = source.transfers.aggregate(sum=Sum("amount"))["sum"] or 0
    moved -= (
        Reversal.objects.filter(transfer__source_transaction=source).aggregate(sum=Sum("amount"))["sum"] or 0
    )
    if amount > source.amount - moved:
        raise ApiError(
            "The transfers would exceed the amount of the source charge.",
            code="transfer_source_exhausted",
            param="source_transaction",
        )

"""Disputes: a buyer's bank takes a charge back at once, and gives it again when the merchant wins."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from billing.sandbox.errors import ApiError, missing
from billing.sandbox.events import record_event, webhook_mode
from billing.sandbox.models import Account, BalanceTransaction, Charge, Dispute
from billing.sandbox.objects import dispute_object

TIME_TO_ANSWER = timedelta(days=14)
FEE_CENTS = {"card": 1500, "sepa_debit": 750}
REASONS = frozenset({"fraudulent", "product_not_received", "duplicate", "general"})


def dispute_for(identifier: str, account: Account) -> Dispute:
    """The dispute of this account, or 404."""
    found = Dispute.objects.select_related("charge__payment_intent").filter(
        identifier=identifier, account=account
    )
    dispute = found.first()
    if dispute is None:
        raise missing("dispute", identifier)
    return dispute


@transaction.atomic
def open_dispute(charge: Charge, *, reason: str, status: str = "needs_response") -> Dispute:
    """The bank takes the charge and a fee. Refuses a charge that was not paid or is disputed already."""
    if charge.status != "succeeded" or Dispute.objects.filter(charge=charge).exists():
        raise ApiError("This charge cannot be disputed.", code="charge_not_disputable")
    charge.ends_at = None
    charge.save(update_fields=["ends_at"])
    account, fee = charge.account, FEE_CENTS[charge.method]
    dispute = Dispute.objects.create(
        account=account,
        charge=charge,
        amount=charge.amount,
        currency=charge.currency,
        fee=fee,
        reason=reason,
        status=status,
        due_by=timezone.now() + TIME_TO_ANSWER if status == "needs_response" else None,
    )
    _move(dispute, -charge.amount, fee)
    mode = webhook_mode(account, session=charge.payment_intent.session.identifier)
    record_event(account, "charge.dispute.created", dispute_object(dispute), mode)
    record_event(account, "charge.dispute.funds_withdrawn", dispute_object(dispute), mode)
    return dispute


@transaction.atomic
def close_dispute(dispute: Dispute, *, status: str) -> Dispute:
    """The bank decides: ``won`` brings the amount back (never the fee), ``lost`` leaves it away."""
    if dispute.status in {"won", "lost"}:
        raise ApiError(f"This dispute is already {dispute.status}.", code="dispute_closed")
    dispute.status = status
    dispute.save(update_fields=["status"])
    mode = webhook_mode(dispute.account, session=dispute.charge.payment_intent.session.identifier)
    record_event(dispute.account, "charge.dispute.closed", dispute_object(dispute), mode)
    if status == "won":
        _move(dispute, dispute.amount, 0)
        record_event(dispute.account, "charge.dispute.funds_reinstated", dispute_object(dispute), mode)
    return dispute


def return_debit(charge: Charge) -> Dispute:
    """The bank of the account holder takes a debit back: a dispute that is lost from the start."""
    with transaction.atomic():
        dispute = open_dispute(charge, reason="insufficient_funds", status="lost")
        mode = webhook_mode(charge.account, session=charge.payment_intent.session.identifier)
        record_event(charge.account, "charge.dispute.closed", dispute_object(dispute), mode)
        return dispute


def _move(dispute: Dispute, amount: int, fee: int) -> None:
    BalanceTransaction.objects.create(
        account=dispute.account,
        kind="adjustment",
        source=dispute.identifier,
        amount=amount,
        fee=fee,
        net=amount - fee,
        currency=dispute.currency,
        available_at=timezone.now(),
    )

"""SEPA direct debits: the buyer signs now, the bank answers days later, and may take it back weeks later."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from billing.sandbox.checkout import DECLINE_MESSAGES, collect, new_charge, payable
from billing.sandbox.disputes import open_dispute, return_debit
from billing.sandbox.errors import ApiError
from billing.sandbox.events import record_event, webhook_mode
from billing.sandbox.models import Charge
from billing.sandbox.objects import charge_object, intent_object, session_object

if TYPE_CHECKING:
    from billing.sandbox.accounts import BankAccountOutcome

MOST_AT_ONCE = 50


@transaction.atomic
def debit(*, identifier: str, bank_account: BankAccountOutcome) -> Charge:
    """The buyer signs a mandate: the page is complete, its money is neither there nor refused."""
    session = payable(identifier)
    if "sepa_debit" not in session.method_types:
        raise ApiError("This page takes no direct debit.", code="payment_method_not_available")
    mode = webhook_mode(session.account, session=session.identifier)
    intent = session.payment_intent
    charge = new_charge(session, method="sepa_debit", last4=bank_account.iban[-4:], status="pending")
    charge.ends_as = bank_account.ends_as
    charge.ends_at = timezone.now() + timedelta(seconds=settings.SANDBOX_SEPA_SECONDS)
    charge.save()
    intent.status, intent.pending_card, intent.last_error = "processing", "", None
    intent.save(update_fields=["status", "pending_card", "last_error"])
    session.status = "complete"
    session.save(update_fields=["status"])
    record_event(session.account, "charge.pending", charge_object(charge), mode)
    record_event(session.account, "payment_intent.processing", intent_object(intent), mode)
    record_event(session.account, "checkout.session.completed", session_object(session), mode)
    return charge


@transaction.atomic
def settle_debit(charge: Charge, *, status: str) -> Charge:
    """The bank answers a pending debit: ``succeeded`` or ``failed``. Refuses one that was answered."""
    if charge.status != "pending":
        raise ApiError(f"This charge is already {charge.status}.", code="charge_not_pending")
    session = charge.payment_intent.session
    mode = webhook_mode(session.account, session=session.identifier)
    charge.ends_at = None
    if status == "succeeded":
        returned = charge.ends_as == "returned"
        collect(session, charge, mode, told="checkout.session.async_payment_succeeded")
        if returned:
            charge.ends_as = "returned"
            charge.ends_at = timezone.now() + timedelta(seconds=settings.SANDBOX_SEPA_SECONDS)
            charge.save(update_fields=["ends_as", "ends_at"])
        return charge
    intent = charge.payment_intent
    charge.status, charge.failure_code = "failed", "debit_refused"
    charge.failure_message = DECLINE_MESSAGES["debit_refused"]
    charge.save()
    intent.status = "requires_payment_method"
    intent.last_error = {"type": "invalid_request_error", "code": "debit_refused"}
    intent.save(update_fields=["status", "last_error"])
    record_event(session.account, "charge.failed", charge_object(charge), mode)
    record_event(session.account, "payment_intent.payment_failed", intent_object(intent), mode)
    record_event(session.account, "checkout.session.async_payment_failed", session_object(session), mode)
    return charge


def end_due_charges() -> None:
    """What banks do at their time: answer debits, take some back, dispute what was ordered to be disputed."""
    due = Charge.objects.filter(ends_at__lte=timezone.now()).select_related("payment_intent__session")
    for charge in due[:MOST_AT_ONCE]:
        if charge.status == "pending":
            settle_debit(charge, status="failed" if charge.ends_as == "failed" else "succeeded")
        elif charge.ends_as == "returned":
            return_debit(charge)
        else:
            open_dispute(charge, reason="fraudulent")

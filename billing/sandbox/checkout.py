"""Checkout sessions: one hosted page for one amount, opened, paid or refused, expired."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from billing.sandbox.errors import ApiError, missing
from billing.sandbox.events import record_event, webhook_mode
from billing.sandbox.knobs import DISPUTES, SETTLES, take_knob
from billing.sandbox.models import Account, BalanceTransaction, Charge, CheckoutSession, PaymentIntent
from billing.sandbox.objects import charge_object, intent_object, session_object
from kernel.money import round_half_up

if TYPE_CHECKING:
    from billing.sandbox.cards import CardOutcome

SMALLEST_AMOUNT_CENTS = 50
SHORTEST_LIFE = timedelta(minutes=30)
LONGEST_LIFE = timedelta(hours=24)
CLOCK_SLACK = timedelta(seconds=60)
DECLINE_MESSAGES = {
    "card_declined": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
    "authentication_required": "The cardholder could not be authenticated.",
    "debit_refused": "The bank of the account holder refused the debit.",
}


def open_session(
    account: Account,
    *,
    amount: int,
    currency: str,
    label: str,
    expires_at: datetime | None,
    transfer_group: str,
    intent_metadata: dict[str, str],
    **fields: Any,
) -> CheckoutSession:
    """Open a hosted page for ``amount`` cents; it lives between 30 minutes and 24 hours."""
    now = timezone.now()
    if amount < SMALLEST_AMOUNT_CENTS:
        raise ApiError(
            f"The amount must be at least {SMALLEST_AMOUNT_CENTS} cents.",
            code="amount_too_small",
            param="line_items",
        )
    expires_at = expires_at or now + LONGEST_LIFE
    if not now + SHORTEST_LIFE - CLOCK_SLACK <= expires_at <= now + LONGEST_LIFE + CLOCK_SLACK:
        raise ApiError("`expires_at` must be between 30 minutes and 24 hours from now.", param="expires_at")
    intent = PaymentIntent.objects.create(
        account=account,
        amount=amount,
        currency=currency,
        transfer_group=transfer_group,
        metadata=intent_metadata,
    )
    return CheckoutSession.objects.create(
        account=account, payment_intent=intent, label=label, expires_at=expires_at, **fields
    )


def session_for(identifier: str, account: Account | None = None) -> CheckoutSession:
    """The session, of this account if one is given; 404 otherwise."""
    sessions = CheckoutSession.objects.select_related("account", "payment_intent")
    session = sessions.filter(identifier=identifier, **({"account": account} if account else {})).first()
    if session is None:
        raise missing("checkout.session", identifier)
    return session


def close_if_overdue(session: CheckoutSession) -> CheckoutSession:
    """The session as it is now, expired when its time is over; call before offering to pay."""
    if session.status == "open" and session.expires_at <= timezone.now():
        return expire_session(identifier=session.identifier)
    return session


@transaction.atomic
def expire_session(*, identifier: str, account: Account | None = None) -> CheckoutSession:
    """Close an open session for ever and cancel its intent; refuses one that was completed."""
    session = session_for(identifier, account)
    if session.status == "expired":
        return session
    if session.status != "open":
        raise ApiError(
            f"This session is {session.status}; only open sessions can be expired.", code="resource_not_open"
        )
    session.status = "expired"
    session.save(update_fields=["status"])
    session.payment_intent.status = "canceled"
    session.payment_intent.save(update_fields=["status"])
    record_event(
        session.account,
        "checkout.session.expired",
        session_object(session),
        webhook_mode(session.account, session=session.identifier),
    )
    return session


@transaction.atomic
def ask_authentication(*, identifier: str, card: CardOutcome) -> CheckoutSession:
    """Stop before the debit until the cardholder has answered the bank's challenge."""
    session = payable(identifier)
    intent = session.payment_intent
    intent.status = "requires_action"
    intent.pending_card = card.number
    intent.save(update_fields=["status", "pending_card"])
    return session


@transaction.atomic
def pay(*, identifier: str, card: CardOutcome, decline_code: str = "") -> Charge:
    """Debit ``card`` for the session: a charge that succeeded or failed, with its events."""
    session = payable(identifier)
    mode = webhook_mode(session.account, session=session.identifier, card=card.webhooks)
    charge = new_charge(session, method="card", last4=card.number[-4:])
    code = decline_code or card.decline_code
    if code:
        return refuse(session, charge, code, mode)
    return collect(session, charge, mode)


def payable(identifier: str) -> CheckoutSession:
    """The session, if it can still be paid; refuses otherwise."""
    session = session_for(identifier)
    if session.status != "open" or session.expires_at <= timezone.now():
        raise ApiError("This checkout session can no longer be paid.", code="checkout_session_not_open")
    return session


def new_charge(session: CheckoutSession, **fields: Any) -> Charge:
    """One try of a session, not stored yet; a knob may have the bank debit something else than asked."""
    intent = session.payment_intent
    settles = take_knob(session.account, SETTLES, session=session.identifier) or {}
    return Charge(
        account=session.account,
        payment_intent=intent,
        amount=settles.get("amount", intent.amount),
        currency=settles.get("currency", intent.currency),
        **fields,
    )


def refuse(session: CheckoutSession, charge: Charge, code: str, mode: dict[str, Any]) -> Charge:
    """The bank refuses: the page stays open for another means of payment."""
    intent = session.payment_intent
    charge.status, charge.failure_code, charge.failure_message = "failed", code, DECLINE_MESSAGES[code]
    charge.save()
    intent.status, intent.pending_card = "requires_payment_method", ""
    intent.last_error = {"type": "card_error", "code": code, "message": charge.failure_message}
    intent.save(update_fields=["status", "pending_card", "last_error"])
    record_event(session.account, "charge.failed", charge_object(charge), mode)
    record_event(session.account, "payment_intent.payment_failed", intent_object(intent), mode)
    return charge


def collect(session: CheckoutSession, charge: Charge, mode: dict[str, Any], *, told: str = "") -> Charge:
    """The bank pays: the movement with its fee, the events, and a dispute later if one was ordered.

    ``told`` is the last event's kind when it is not the completion of the page.
    """
    account, intent = session.account, session.payment_intent
    fee = round_half_up(charge.amount * Decimal(account.fee_percent) / 100) + account.fee_fixed_cents
    charge.status = "succeeded"
    charge.balance_transaction = BalanceTransaction.objects.create(
        account=account,
        kind="charge",
        source=charge.identifier,
        amount=charge.amount,
        fee=fee,
        net=charge.amount - fee,
        currency=charge.currency,
        available_at=timezone.now() + timedelta(seconds=settings.SANDBOX_AVAILABLE_AFTER_SECONDS),
    )
    wanted = take_knob(account, DISPUTES, session=session.identifier)
    if wanted is not None:
        charge.ends_as = "disputed"
        charge.ends_at = timezone.now() + timedelta(seconds=wanted.get("after_seconds", 0))
    charge.save()
    intent.status, intent.pending_card, intent.last_error = "succeeded", "", None
    intent.save(update_fields=["status", "pending_card", "last_error"])
    session.status, session.payment_status = "complete", "paid"
    session.save(update_fields=["status", "payment_status"])
    record_event(account, "charge.succeeded", charge_object(charge), mode)
    record_event(account, "payment_intent.succeeded", intent_object(intent), mode)
    record_event(account, told or "checkout.session.completed", session_object(session), mode)
    return charge

"""The JSON form of each resource, after the gateway's public object reference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

from billing.sandbox.models import BalanceTransaction, Dispute

if TYPE_CHECKING:
    from datetime import datetime

    from billing.sandbox.models import (
        Account,
        Charge,
        CheckoutSession,
        Event,
        PaymentIntent,
        Refund,
        Reversal,
        Transfer,
        WebhookEndpoint,
    )

Json = dict[str, Any]
NOTHING: frozenset[str] = frozenset()


def seconds(instant: datetime) -> int:
    """Unix time, the only form of an instant in the API."""
    return int(instant.timestamp())


def below(expand: frozenset[str], name: str) -> frozenset[str]:
    """The expansions asked for inside the field ``name``."""
    return frozenset(path[len(name) + 1 :] for path in expand if path.startswith(f"{name}."))


def asked(expand: frozenset[str], name: str) -> bool:
    """Whether the field ``name`` is wanted as an object instead of an identifier."""
    return any(path == name or path.startswith(f"{name}.") for path in expand)


def account_object(account: Account) -> Json:
    """An account: marketplace or payee."""
    return {
        "id": account.identifier,
        "object": "account",
        "country": account.country,
        "default_currency": "eur",
        "email": account.email or None,
        "business_profile": {"name": account.display_name},
        "charges_enabled": not account.restricted,
        "payouts_enabled": not account.restricted,
        "capabilities": {"transfers": "inactive" if account.restricted else "active"},
        "metadata": account.metadata,
        "created": seconds(account.created_at),
    }


def endpoint_object(endpoint: WebhookEndpoint) -> Json:
    """A webhook endpoint, without its secret."""
    return {
        "id": endpoint.identifier,
        "object": "webhook_endpoint",
        "url": endpoint.url,
        "enabled_events": ["*"],
        "status": "enabled" if endpoint.enabled else "disabled",
        "livemode": False,
        "created": seconds(endpoint.created_at),
    }


def balance_transaction_object(movement: BalanceTransaction) -> Json:
    """A movement of the balance, amounts in cents."""
    return {
        "id": movement.identifier,
        "object": "balance_transaction",
        "type": movement.kind,
        "source": movement.source,
        "amount": movement.amount,
        "fee": movement.fee,
        "net": movement.net,
        "currency": movement.currency,
        "available_on": seconds(movement.available_at),
        "created": seconds(movement.created_at),
    }


def charge_object(charge: Charge, expand: frozenset[str] = NOTHING) -> Json:
    """A charge; ``balance_transaction`` may be expanded."""
    movement: Any = None
    if charge.balance_transaction is not None:
        movement = charge.balance_transaction.identifier
        if asked(expand, "balance_transaction"):
            movement = balance_transaction_object(charge.balance_transaction)
    refunded = sum(r.amount for r in charge.refunds.all() if r.status in {"pending", "succeeded"})
    dispute = Dispute.objects.filter(charge=charge).first()
    return {
        "id": charge.identifier,
        "object": "charge",
        "amount": charge.amount,
        "amount_captured": charge.amount if charge.status == "succeeded" else 0,
        "amount_refunded": refunded,
        "balance_transaction": movement,
        "captured": charge.status == "succeeded",
        "currency": charge.currency,
        "disputed": dispute is not None,
        "failure_code": charge.failure_code or None,
        "failure_message": charge.failure_message or None,
        "livemode": False,
        "metadata": charge.payment_intent.metadata,
        "paid": charge.status == "succeeded",
        "payment_intent": charge.payment_intent.identifier,
        "payment_method_details": {"type": charge.method, charge.method: {"last4": charge.last4}},
        "refunded": refunded == charge.amount,
        "status": charge.status,
        "transfer_group": charge.payment_intent.transfer_group or None,
        "created": seconds(charge.created_at),
    }


def intent_object(intent: PaymentIntent, expand: frozenset[str] = NOTHING) -> Json:
    """A payment intent; ``latest_charge`` may be expanded."""
    latest = intent.charges.order_by("-pk").first()
    shown: Any = latest.identifier if latest else None
    if latest is not None and asked(expand, "latest_charge"):
        shown = charge_object(latest, below(expand, "latest_charge"))
    received = latest.amount if latest is not None and latest.status == "succeeded" else 0
    return {
        "id": intent.identifier,
        "object": "payment_intent",
        "amount": intent.amount,
        "amount_received": received,
        "currency": intent.currency,
        "last_payment_error": intent.last_error,
        "latest_charge": shown,
        "livemode": False,
        "metadata": intent.metadata,
        "status": intent.status,
        "transfer_group": intent.transfer_group or None,
        "created": seconds(intent.created_at),
    }


def session_object(session: CheckoutSession, expand: frozenset[str] = NOTHING) -> Json:
    """A checkout session; ``payment_intent`` may be expanded."""
    intent: Any = session.payment_intent.identifier
    if asked(expand, "payment_intent"):
        intent = intent_object(session.payment_intent, below(expand, "payment_intent"))
    return {
        "id": session.identifier,
        "object": "checkout.session",
        "amount_total": session.payment_intent.amount,
        "currency": session.payment_intent.currency,
        "cancel_url": session.cancel_url,
        "success_url": session.success_url,
        "client_reference_id": session.client_reference_id or None,
        "customer_email": session.customer_email or None,
        "expires_at": seconds(session.expires_at),
        "livemode": False,
        "locale": session.locale or None,
        "metadata": session.metadata,
        "mode": "payment",
        "payment_intent": intent,
        "payment_method_types": session.method_types or ["card"],
        "payment_status": session.payment_status,
        "status": session.status,
        "url": f"{settings.SANDBOX_PUBLIC_URL}/pay/{session.identifier}"
        if session.status == "open"
        else None,
        "created": seconds(session.created_at),
    }


def refund_object(refund: Refund) -> Json:
    """A refund."""
    return {
        "id": refund.identifier,
        "object": "refund",
        "amount": refund.amount,
        "charge": refund.charge.identifier,
        "currency": refund.currency,
        "failure_reason": refund.failure_reason or None,
        "metadata": refund.metadata,
        "payment_intent": refund.charge.payment_intent.identifier,
        "reason": refund.reason or None,
        "status": refund.status,
        "created": seconds(refund.created_at),
    }


def transfer_object(transfer: Transfer) -> Json:
    """A transfer, with what was taken back of it."""
    reversed_cents = sum(reversal.amount for reversal in transfer.reversals.all())
    return {
        "id": transfer.identifier,
        "object": "transfer",
        "amount": transfer.amount,
        "amount_reversed": reversed_cents,
        "currency": transfer.currency,
        "description": transfer.description or None,
        "destination": transfer.destination.identifier,
        "livemode": False,
        "metadata": transfer.metadata,
        "reversed": reversed_cents == transfer.amount,
        "source_transaction": transfer.source_transaction.identifier if transfer.source_transaction else None,
        "transfer_group": transfer.transfer_group or None,
        "created": seconds(transfer.created_at),
    }


def reversal_object(reversal: Reversal) -> Json:
    """A part of a transfer that was taken back."""
    return {
        "id": reversal.identifier,
        "object": "transfer_reversal",
        "amount": reversal.amount,
        "currency": reversal.transfer.currency,
        "metadata": reversal.metadata,
        "transfer": reversal.transfer.identifier,
        "created": seconds(reversal.created_at),
    }


def dispute_object(dispute: Dispute) -> Json:
    """A dispute; its movements are told with their fees."""
    movements = BalanceTransaction.objects.filter(source=dispute.identifier).order_by("pk")
    return {
        "id": dispute.identifier,
        "object": "dispute",
        "amount": dispute.amount,
        "balance_transactions": [balance_transaction_object(movement) for movement in movements],
        "charge": dispute.charge.identifier,
        "currency": dispute.currency,
        "evidence_details": {"due_by": seconds(dispute.due_by) if dispute.due_by else None},
        "livemode": False,
        "metadata": {},
        "payment_intent": dispute.charge.payment_intent.identifier,
        "reason": dispute.reason,
        "status": dispute.status,
        "created": seconds(dispute.created_at),
    }


def event_object(event: Event) -> Json:
    """An event around the object as it was."""
    return {
        "id": event.identifier,
        "object": "event",
        "account": event.account.identifier,
        "data": {"object": event.content},
        "livemode": False,
        "pending_webhooks": event.deliveries.filter(delivered_at=None, abandoned_at=None).count(),
        "type": event.kind,
        "created": seconds(event.created_at),
    }

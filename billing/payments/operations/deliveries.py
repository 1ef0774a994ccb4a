"""Receiving the gateway's events: stored first, answered quickly, understood later by fetching the object."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import structlog
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from billing.payments.errors import DeliveryUnmatched, EndpointUnknown, SignatureInvalid
from billing.payments.faults import DELIVERY_STORED
from billing.payments.models import (
    DeliveryState,
    GatewayAccount,
    GatewayDelivery,
    GatewayEndpoint,
    Payment,
    Refund,
)
from billing.payments.operations.apply import apply_payment
from billing.payments.operations.refunds import apply_refund
from billing.payments.secrets import unseal
from billing.payments.signatures import signature_is_valid
from kernel.faults import fault_point
from kernel.outbox.operations import enqueue
from tenants.directory.current import current_tenant

log = structlog.get_logger(__name__)

ABOUT_PAYMENTS = ("checkout.session.", "payment_intent.", "charge.")
ABOUT_REFUNDS = ("refund.",)
GIVE_UP_AFTER_SECONDS = 600
"""How long an event that names nothing of ours is tried again: it may have overtaken our own commit."""


def receive_delivery(*, endpoint_id: str, body: bytes, signature: str) -> GatewayDelivery:
    """Store an event and have it applied by a task; a repeated one is counted, not stored again.

    The secret is chosen by the address before a byte of the body is believed.
    Raises EndpointUnknown, SignatureInvalid (nothing but a counter is kept then).
    """
    account, sealed = _endpoint(endpoint_id)
    now = timezone.now()
    secret = unseal(sealed)
    if not signature_is_valid(secret=secret, body=body, header=signature, now=now):
        _count_bad_signature(account, now)
        raise SignatureInvalid
    event = _event_of(body, account)
    if event is None:
        _count_bad_signature(account, now)
        raise SignatureInvalid
    delivery = _store(account, event, body, signature, now)
    fault_point(DELIVERY_STORED)
    return delivery


def apply_delivery(*, delivery_id: int) -> GatewayDelivery:
    """Find what an event is about, fetch it, apply it. Must be called outside a transaction.

    Raises DeliveryUnmatched while an event without counterpart is young, OutcomeUnknown when the gateway
    does not answer: the outbox tries again.
    """
    delivery = GatewayDelivery.objects.select_related("account").get(pk=delivery_id)
    if delivery.state in {DeliveryState.APPLIED, DeliveryState.IGNORED}:
        return delivery
    seen = json.loads(bytes(delivery.body))["data"]["object"]
    if delivery.kind.startswith(ABOUT_REFUNDS):
        refund = _refund_of(seen)
        if refund is not None:
            apply_refund(refund_id=refund.pk)
            return _mark(delivery, DeliveryState.APPLIED)
    elif not delivery.kind.startswith(ABOUT_PAYMENTS):
        return _mark(delivery, DeliveryState.IGNORED)
    # A dispute, and a refund that we did not ask for, are found with the payment that they are about.
    payment = _payment_of(seen, delivery.account)
    if payment is not None:
        apply_payment(payment_id=payment.pk)
        return _mark(delivery, DeliveryState.APPLIED)
    age = (timezone.now() - delivery.received_at).total_seconds()
    if age > GIVE_UP_AFTER_SECONDS:
        return _mark(delivery, DeliveryState.UNMATCHED, error=f"{delivery.kind} {seen.get('id', '')}")
    raise DeliveryUnmatched(f"{delivery.event_id} {delivery.kind}")


def _endpoint(endpoint_id: str) -> tuple[GatewayAccount, str]:
    """The account of an address and the sealed secret of that address. Raises EndpointUnknown."""
    account = GatewayAccount.objects.filter(endpoint_id=endpoint_id).exclude(webhook_secret_sealed="").first()
    if account is not None:
        return account, account.webhook_secret_sealed
    others = GatewayEndpoint.objects.select_related("account").exclude(webhook_secret_sealed="")
    other = others.filter(endpoint_id=endpoint_id, retired_at=None).first()
    if other is None:
        raise EndpointUnknown
    return other.account, other.webhook_secret_sealed


def _event_of(body: bytes, account: GatewayAccount) -> dict[str, Any] | None:
    """The event, if it is one of this account and of its kind of money."""
    try:
        event = json.loads(body)
        fits = (
            isinstance(event["id"], str)
            and isinstance(event["type"], str)
            and isinstance(event["data"]["object"], dict)
            and event.get("account", account.account_id) == account.account_id
            and event["livemode"] is False
        )
    except (ValueError, KeyError, TypeError):
        return None
    return event if fits else None


@transaction.atomic
def _store(
    account: GatewayAccount, event: dict[str, Any], body: bytes, signature: str, now: datetime
) -> GatewayDelivery:
    delivery, created = GatewayDelivery.objects.get_or_create(
        account=account,
        event_id=event["id"][:120],
        defaults={"kind": event["type"][:80], "body": body, "signature": signature, "received_at": now},
    )
    if not created:
        GatewayDelivery.objects.filter(pk=delivery.pk).update(repeats=F("repeats") + 1)
        return delivery
    enqueue("payments.apply_delivery", dedupe_key=f"delivery:{delivery.pk}", delivery_id=delivery.pk)
    return delivery


@transaction.atomic
def _count_bad_signature(account: GatewayAccount, now: datetime) -> None:
    GatewayAccount.objects.filter(pk=account.pk).update(
        bad_signatures=F("bad_signatures") + 1, last_bad_signature_at=now
    )
    log.warning("webhook_signature_refused", gateway_account=account.account_id)


def _payment_of(seen: dict[str, Any], account: GatewayAccount) -> Payment | None:
    """The payment that an object names by its own identifier, its intent, or our metadata."""
    payments = Payment.objects.filter(account=account)
    identifier = str(seen.get("id", ""))
    intent = seen.get("payment_intent")
    found = payments.filter(session_id=identifier).exclude(session_id="").first()
    for candidate in (identifier, intent if isinstance(intent, str) else ""):
        if found is None and candidate:
            found = payments.filter(intent_id=candidate).first()
    metadata = seen.get("metadata") or {}
    if found is None and metadata.get("tenant") == current_tenant().schema_name:
        try:
            found = payments.filter(public_id=str(metadata.get("payment"))).first()
        except (ValidationError, ValueError):
            return None
    return found


def _refund_of(seen: dict[str, Any]) -> Refund | None:
    found = (
        Refund.objects.filter(gateway_refund_id=str(seen.get("id", ""))).exclude(gateway_refund_id="").first()
    )
    if found is not None:
        return found
    metadata = seen.get("metadata") or {}
    try:
        return Refund.objects.filter(public_id=str(metadata.get("refund"))).first()
    except (ValidationError, ValueError):
        return None


@transaction.atomic
def _mark(delivery: GatewayDelivery, state: str, *, error: str = "") -> GatewayDelivery:
    delivery.state = state
    delivery.error = error[:300]
    delivery.applied_at = timezone.now() if state == DeliveryState.APPLIED else None
    delivery.save(update_fields=["state", "error", "applied_at"])
    return delivery

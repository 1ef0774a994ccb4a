"""Our plain values from the objects that the sandbox gateway answers with."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from billing.payments.gateways.base import (
    DisputeSeen,
    EventSeen,
    GatewayCharge,
    RefundSeen,
    ReversalSeen,
    SessionSeen,
    TransferSeen,
)

Json = dict[str, Any]


def seen_session(body: Json) -> SessionSeen:
    """Our plain values from the gateway's session object."""
    intent = body["payment_intent"]
    charge = intent.get("latest_charge") if isinstance(intent, dict) else None
    return SessionSeen(
        identifier=body["id"],
        intent=intent["id"] if isinstance(intent, dict) else intent,
        status=body["status"],
        paid=body["payment_status"] == "paid",
        processing=isinstance(intent, dict) and intent["status"] == "processing",
        amount_cents=body["amount_total"],
        currency=body["currency"].upper(),
        reference=body["client_reference_id"] or "",
        metadata=body["metadata"],
        expires_at=datetime.fromtimestamp(body["expires_at"], UTC),
        url=body["url"] or "",
        live=body["livemode"],
        charge=seen_charge(charge) if isinstance(charge, dict) else None,
    )


def seen_charge(body: Json) -> GatewayCharge:
    """Our plain values from the gateway's charge object, its movement expanded."""
    movement = body["balance_transaction"]
    return GatewayCharge(
        identifier=body["id"],
        status=body["status"],
        amount_cents=body["amount"],
        currency=body["currency"].upper(),
        failure_code=body["failure_code"] or "",
        fee_cents=movement["fee"] if isinstance(movement, dict) else None,
        method=body["payment_method_details"]["type"],
        disputed=body["disputed"],
        refunded_cents=body["amount_refunded"],
    )


def seen_refund(body: Json) -> RefundSeen:
    """Our plain values from the gateway's refund object."""
    return RefundSeen(
        identifier=body["id"],
        status=body["status"],
        amount_cents=body["amount"],
        currency=body["currency"].upper(),
        failure_reason=body["failure_reason"] or "",
        charge=body["charge"],
        metadata=body["metadata"],
    )


def seen_transfer(body: Json) -> TransferSeen:
    """Our plain values from the gateway's transfer object."""
    return TransferSeen(body["id"], body["amount"], body["currency"].upper(), body["destination"])


def seen_reversal(body: Json) -> ReversalSeen:
    """Our plain values from the gateway's reversal object."""
    return ReversalSeen(body["id"], body["transfer"], body["amount"], body["currency"].upper())


def seen_dispute(body: Json) -> DisputeSeen:
    """Our plain values from the gateway's dispute object: whatever is not decided is open."""
    due_by = body["evidence_details"]["due_by"]
    return DisputeSeen(
        identifier=body["id"],
        status=body["status"] if body["status"] in {"won", "lost"} else "open",
        charge=body["charge"],
        amount_cents=body["amount"],
        currency=body["currency"].upper(),
        reason=body["reason"],
        fee_cents=sum(movement["fee"] for movement in body["balance_transactions"]),
        due_by=datetime.fromtimestamp(due_by, UTC) if due_by else None,
    )


def seen_event(body: Json) -> EventSeen:
    """An event of the list; its bytes are ours, for the list is not signed."""
    return EventSeen(
        identifier=body["id"],
        kind=body["type"],
        created=datetime.fromtimestamp(body["created"], UTC),
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(),
    )


def euros(rows: list[Json]) -> int:
    """Cents in euros among amounts by currency."""
    return sum(row["amount"] for row in rows if row["currency"] == "eur")

"""Orders to misbehave: what may be turned, and which knob applies now."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from billing.sandbox.models import Account, Knob

WEBHOOKS = "webhooks"
TIMEOUT_AFTER_SUCCESS = "timeout_after_success"
REFUNDS = "refunds"
SETTLES = "settles"
TRANSFERS = "transfers"
REVERSALS = "reversals"
DISPUTES = "disputes"

#: The options each knob knows, with the values allowed (a type, or a set of words).
KNOBS: dict[str, dict[str, Any]] = {
    WEBHOOKS: {
        "mode": {"normal", "duplicate", "reordered", "delayed", "dropped"},
        "delay_seconds": int,
    },
    TIMEOUT_AFTER_SUCCESS: {
        "operation": {
            "accounts.create",
            "checkout.sessions.create",
            "checkout.sessions.expire",
            "refunds.create",
            "transfers.create",
            "transfers.reversals.create",
            "webhook_endpoints.create",
        },
        "hold_seconds": int,
    },
    REFUNDS: {"mode": {"succeeded", "pending", "failed"}},
    SETTLES: {"amount": int, "currency": str},
    TRANSFERS: {"mode": {"succeeded", "balance_insufficient", "account_restricted"}},
    REVERSALS: {"mode": {"succeeded", "balance_insufficient"}},
    DISPUTES: {"after_seconds": int},
}


def take_knob(account: Account, name: str, *, session: str = "", **matching: object) -> dict[str, Any] | None:
    """The options of the latest knob of this name that still applies, counted down, or None."""
    candidates = Knob.objects.filter(Q(session="") | Q(session=session), account=account, name=name)
    for knob in candidates.exclude(remaining=0).order_by("-pk"):
        if any(knob.options.get(key) != value for key, value in matching.items()):
            continue
        if knob.remaining is not None:
            knob.remaining -= 1
            knob.save(update_fields=["remaining"])
        return dict(knob.options)
    return None

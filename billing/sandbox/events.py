"""Events: what happened is recorded in the same transaction, with one delivery per enabled endpoint."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from billing.sandbox import delivery
from billing.sandbox.knobs import WEBHOOKS, take_knob
from billing.sandbox.models import Account, Delivery, Event, WebhookEndpoint

DEFAULT_DELAY_SECONDS = 30
REORDERED_WINDOW_SECONDS = 2.0
REORDERED_STEP_SECONDS = 0.6


def webhook_mode(account: Account, *, session: str = "", card: str = "normal") -> dict[str, Any]:
    """How the events of one act are delivered: a knob wins over the card's own wish."""
    return take_knob(account, WEBHOOKS, session=session) or {"mode": card}


def record_event(
    account: Account, kind: str, content: dict[str, Any], mode: dict[str, Any] | None = None
) -> Event:
    """Store the event and its deliveries; the delivery thread is woken after the commit."""
    event = Event.objects.create(account=account, kind=kind, content=content)
    schedule_deliveries(event, mode or {"mode": "normal"})
    return event


def schedule_deliveries(event: Event, mode: dict[str, Any]) -> None:
    """Write the delivery rows of an event: none when dropped, two when doubled, later when delayed."""
    copies = {"dropped": 0, "duplicate": 2}.get(str(mode.get("mode")), 1)
    due_at = timezone.now()
    if mode.get("mode") == "delayed":
        due_at += timedelta(seconds=int(mode.get("delay_seconds") or DEFAULT_DELAY_SECONDS))
    elif mode.get("mode") == "reordered":
        # The events of one act share `mode`: each later one is posted before the one that it follows.
        place = mode["place"] = mode.get("place", -1) + 1
        due_at += timedelta(seconds=max(0.0, REORDERED_WINDOW_SECONDS - REORDERED_STEP_SECONDS * place))
    endpoints = WebhookEndpoint.objects.filter(account=event.account, enabled=True)
    Delivery.objects.bulk_create(
        Delivery(event=event, endpoint=endpoint, due_at=due_at)
        for endpoint in endpoints
        for _ in range(copies)
    )
    transaction.on_commit(delivery.wake)

"""Repair of what never came: events read from the gateway's own list, and rows that nobody asks about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from billing.payments.faults import EVENTS_LISTED
from billing.payments.gateways.base import EventSeen
from billing.payments.gateways.directory import gateway_for
from billing.payments.lifecycle import OPEN, RefundState
from billing.payments.models import DeliveryState, GatewayAccount, GatewayDelivery, Payment, Refund
from kernel.faults import fault_point
from kernel.outbox.operations import enqueue

log = structlog.get_logger(__name__)

MOST_EVENTS = 10_000
"""A hundred pages: what an outage of days leaves. Beyond it the list is read again from where it was."""
MOST_ROWS = 50
OVERLAP = timedelta(minutes=10)
"""The list may tell an event some time after its creation."""
LOOK_BACK = timedelta(days=30)
"""How far the gateway keeps its list."""
FORGOTTEN_AFTER = timedelta(hours=2)
"""Twice the longest pause between two questions about an open row: its own task must be gone."""


@dataclass(frozen=True)
class Repaired:
    """How many events were missing, and how many rows are asked about again."""

    events: int
    payments: int
    refunds: int
    deliveries: int


def reconcile() -> Repaired:
    """Read the events that we have not had, and take up rows whose own task died.

    Bounded by MOST_EVENTS and MOST_ROWS a round. Must be called outside a transaction. Raises GatewayMissing,
    OutcomeUnknown.
    """
    found = 0
    for account in GatewayAccount.objects.filter(active=True):
        found += _read_events(account)
    return Repaired(found, *_take_up_forgotten(timezone.now()))


def _read_events(account: GatewayAccount) -> int:
    now = timezone.now()
    since = max((account.events_read_until or account.created_at) - OVERLAP, now - LOOK_BACK)
    listed = gateway_for(account).events_since(since, limit=MOST_EVENTS)
    fault_point(EVENTS_LISTED)
    return _store_missing(account, listed) if listed else 0


@transaction.atomic
def _store_missing(account: GatewayAccount, listed: list[EventSeen]) -> int:
    """Write the events that were never posted, in two statements, and one task for all of them."""
    known = set(
        GatewayDelivery.objects.filter(
            account=account, event_id__in=[event.identifier for event in listed]
        ).values_list("event_id", flat=True)
    )
    # What was created a moment ago is on its way.
    settled = timezone.now() - timedelta(seconds=30)
    missing = [event for event in listed if event.identifier not in known and event.created < settled]
    GatewayDelivery.objects.bulk_create(
        [
            GatewayDelivery(account=account, event_id=event.identifier, kind=event.kind[:80], body=event.body)
            for event in missing
        ],
        ignore_conflicts=True,
    )
    read = [event.created for event in listed if event.created < settled]
    if len(listed) >= MOST_EVENTS:
        # The gateway tells the latest first: something older was not reached.
        log.error("events_list_too_long", gateway_account=account.account_id)
    elif read:
        account.events_read_until = max([*read, account.events_read_until or read[0]])
        account.save(update_fields=["events_read_until"])
    if missing:
        log.warning("events_never_came", gateway_account=account.account_id, count=len(missing))
        ids = GatewayDelivery.objects.filter(
            account=account, event_id__in=[event.identifier for event in missing]
        ).values_list("pk", flat=True)
        _ask(deliveries=ids)
    return len(missing)


@transaction.atomic
def _take_up_forgotten(now: datetime) -> tuple[int, int, int]:
    """One task for all open rows that nobody has asked about for too long."""
    before = now - FORGOTTEN_AFTER
    silent = Q(checked_at__lt=before) | Q(checked_at=None)
    payments = Payment.objects.filter(silent, state__in=OPEN, created_at__lt=before)
    refunds = Refund.objects.filter(
        silent, state__in=(RefundState.REQUESTED, RefundState.PENDING), requested_at__lt=before
    )
    deliveries = GatewayDelivery.objects.filter(state=DeliveryState.STORED, received_at__lt=before)
    chosen = [
        list(rows.order_by("pk").values_list("pk", flat=True)[:MOST_ROWS])
        for rows in (payments, refunds, deliveries)
    ]
    if any(chosen):
        _ask(payments=chosen[0], refunds=chosen[1], deliveries=chosen[2])
    return len(chosen[0]), len(chosen[1]), len(chosen[2])


def _ask(
    *, payments: Iterable[int] = (), refunds: Iterable[int] = (), deliveries: Iterable[int] = ()
) -> None:
    enqueue("payments.ask_about", payments=list(payments), refunds=list(refunds), deliveries=list(deliveries))

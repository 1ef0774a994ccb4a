"""Repair of what never came: events read from the gateway's own list, and rows that nobody asks about."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from billing.payments.faults import EVENTS_LISTED, EVENTS_STORED
from billing.payments.gateways.base import EventsPage, InvalidRequest
from billing.payments.gateways.directory import gateway_for
from billing.payments.lifecycle import OPEN, RefundState
from billing.payments.models import DeliveryState, GatewayAccount, GatewayDelivery, Payment, Refund
from kernel.faults import fault_point
from kernel.outbox.operations import enqueue

log = structlog.get_logger(__name__)

PAGE = 100
"""As many events as the gateway gives at once."""
MOST_EVENTS = 10_000
"""A hundred pages a round: what an outage of days leaves. The next round goes on where this one stopped."""
MOST_ROWS = 50
OVERLAP = timedelta(minutes=10)
"""The list may tell an event some time after its creation."""
LOOK_BACK = timedelta(days=30)
"""How far the gateway keeps its list."""
PASS = ["events_cursor", "events_pass_began_at", "events_pass_newest_at"]
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
    """Go through the gateway's list from the newest event back to where it was read until.

    The place is kept with each page in one transaction: who dies or stops at MOST_EVENTS goes on behind it,
    and what has happened since belongs to the pass after this one.
    """
    gateway, found = gateway_for(account), 0
    for _page in range(MOST_EVENTS // PAGE):
        began = account.events_pass_began_at or timezone.now()
        since = max((account.events_read_until or account.created_at) - OVERLAP, began - LOOK_BACK)
        try:
            page = gateway.events_since(since, after=account.events_cursor, limit=PAGE)
        except InvalidRequest:
            if not account.events_cursor:
                raise
            # The gateway has let go of the event that we stopped at: the list is read from its head.
            log.warning("events_cursor_gone", gateway_account=account.account_id)
            _forget_pass(account)
            return found
        fault_point(EVENTS_LISTED)
        found += _store_page(account, page, began=began)
        fault_point(EVENTS_STORED)
        if not account.events_cursor:
            return found
    log.warning("events_list_goes_on", gateway_account=account.account_id, cursor=account.events_cursor)
    return found


@transaction.atomic
def _store_page(account: GatewayAccount, page: EventsPage, *, began: datetime) -> int:
    """Write the events that were never posted, with one task for all of them, and the place reached."""
    known = set(
        GatewayDelivery.objects.filter(
            account=account, event_id__in=[event.identifier for event in page.events]
        ).values_list("event_id", flat=True)
    )
    # What was created a moment ago is on its way.
    settled_until = timezone.now() - timedelta(seconds=30)
    settled = [event for event in page.events if event.created < settled_until]
    # Oldest first: the order in which they would have been posted.
    missing = [event for event in reversed(settled) if event.identifier not in known]
    GatewayDelivery.objects.bulk_create(
        [
            GatewayDelivery(account=account, event_id=event.identifier, kind=event.kind[:80], body=event.body)
            for event in missing
        ],
        ignore_conflicts=True,
    )
    newest = max((event.created for event in settled), default=None)
    _move_on(account, page, began=began, newest=newest)
    if missing:
        log.warning("events_never_came", gateway_account=account.account_id, count=len(missing))
        ids = GatewayDelivery.objects.filter(
            account=account, event_id__in=[event.identifier for event in missing]
        ).values_list("pk", flat=True)
        _ask(deliveries=ids)
    return len(missing)


def _move_on(account: GatewayAccount, page: EventsPage, *, began: datetime, newest: datetime | None) -> None:
    """Keep the place behind this page; after the last one the list is read until its newest event."""
    newest = max(filter(None, (account.events_pass_newest_at, newest)), default=None)
    if page.has_more and page.events:
        account.events_cursor = page.events[-1].identifier
        account.events_pass_began_at, account.events_pass_newest_at = began, newest
        account.save(update_fields=PASS)
        return
    if newest is not None:
        account.events_read_until = max(newest, account.events_read_until or newest)
        account.save(update_fields=["events_read_until"])
    _forget_pass(account)


def _forget_pass(account: GatewayAccount) -> None:
    if account.events_cursor:
        account.events_cursor = ""
        account.events_pass_began_at = account.events_pass_newest_at = None
        account.save(update_fields=PASS)


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

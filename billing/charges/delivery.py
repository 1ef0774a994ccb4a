"""Delivery of charge events: in the money's transaction, subscribers in savepoints, repeated until had."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils import timezone

from billing.charges.models import Charge, ChargeEvent
from billing.events import Event, subscribers_of
from kernel.outbox.operations import enqueue

MAX_TRIES = 10
FIRST_RETRY = timedelta(seconds=5)

log = structlog.get_logger(__name__)


def record_event(charge: Charge, kind: str, **payload: Any) -> ChargeEvent:
    """Write an event of a locked charge and deliver it; a subscriber that raises loses nothing.

    What was not delivered is retried by the outbox task `charges.deliver_event`.
    """
    event = ChargeEvent.objects.create(charge=charge, kind=kind, payload=payload)
    deliver(event)
    return event


def deliver(event: ChargeEvent) -> bool:
    """Call the subscribers that have not had the event; True when all have. The caller holds the charge."""
    message = Event(
        id=event.pk,
        kind=event.kind,
        reference=event.charge.reference,
        charge_id=event.charge_id,
        occurred_at=event.occurred_at,
        payload=event.payload,
    )
    errors = []
    for name, function in subscribers_of(event.kind).items():
        if name in event.delivered_to:
            continue
        try:
            with transaction.atomic():
                function(message)
        except Exception as error:
            # The money stands whatever a subscriber does: its savepoint is gone, the event waits.
            log.exception("charge_event_refused", event_id=event.pk, kind=event.kind, subscriber=name)
            errors.append(f"{name}: {type(error).__name__}: {error}")
        else:
            event.delivered_to.append(name)
    event.tries += 1
    event.last_error = "\n".join(errors)
    if not errors:
        event.delivered_at = timezone.now()
    event.save(update_fields=["delivered_to", "tries", "last_error", "delivered_at"])
    if errors and event.tries < MAX_TRIES:
        enqueue(
            "charges.deliver_event",
            due_at=timezone.now() + FIRST_RETRY * 2 ** (event.tries - 1),
            dedupe_key=f"charge-event:{event.pk}:{event.tries}",
            event_id=event.pk,
        )
    return not errors


@transaction.atomic
def redeliver_event(*, event_id: int) -> bool:
    """Try an undelivered event again, by the outbox or by staff; takes the lock of its charge first."""
    charge_id = ChargeEvent.objects.values_list("charge_id", flat=True).get(pk=event_id)
    charge = Charge.objects.select_for_update(of=("self",)).get(pk=charge_id)
    event = ChargeEvent.objects.select_for_update(of=("self",)).get(pk=event_id)
    if event.delivered_at is not None:
        return True
    event.charge = charge
    return deliver(event)

"""Write a task into the outbox; bring a dead one back."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from kernel.outbox.models import OutboxTask
from kernel.outbox.registry import find_task
from kernel.outbox.sending import send

LEASE = timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)


def enqueue(
    task: str, *, due_at: datetime | None = None, dedupe_key: str | None = None, **arguments: Any
) -> OutboxTask:
    """Write the row in the caller's transaction; on commit a message goes to its queue.

    ``arguments`` are JSON. With ``due_at`` in the future the sweep relays it then. With ``dedupe_key`` the
    open task of that key is returned instead of a second one. Raises UnknownTask.
    """
    definition = find_task(task)
    now = timezone.now()
    later = due_at is not None and due_at > now
    row = OutboxTask(
        name=definition.name,
        queue=definition.queue,
        arguments=arguments,
        dedupe_key=dedupe_key,
        created_at=now,
        due_at=due_at if due_at is not None else now,
        leased_until=None if later else now + LEASE,
    )
    if dedupe_key is None:
        row.save(force_insert=True)
    else:
        known = _save_unless_open(row)
        if known is not None:
            return known
    if not later:
        transaction.on_commit(partial(send, connection.schema_name, row.pk, row.queue), robust=True)
    return row


def _save_unless_open(row: OutboxTask) -> OutboxTask | None:
    """Insert the row, or return the open one that has its key."""
    while True:
        try:
            with transaction.atomic():
                row.save(force_insert=True)
                return None
        except IntegrityError:
            known = OutboxTask.objects.open().filter(dedupe_key=row.dedupe_key).first()
            if known is not None:
                return known
            # It was done in between: the key is free again.
            row.pk = None


@transaction.atomic
def revive_task(*, task_id: int) -> OutboxTask | None:
    """Give a dead task ten new tries; None if it is not dead (any more)."""
    row = OutboxTask.objects.dead().select_for_update().filter(pk=task_id).first()
    if row is None:
        return None
    now = timezone.now()
    row.dead_at, row.tries, row.due_at = None, 0, now
    row.started_at, row.leased_until = None, now + LEASE
    row.save(update_fields=["dead_at", "tries", "due_at", "started_at", "leased_until"])
    transaction.on_commit(partial(send, connection.schema_name, row.pk, row.queue), robust=True)
    return row

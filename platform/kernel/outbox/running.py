"""Run one row: once, in its tenant, marked done with its effect."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.db import transaction
from django.utils import timezone

from kernel.outbox.models import OutboxTask
from kernel.outbox.operations import LEASE
from kernel.outbox.registry import TaskDefinition, find_task

MOST_TRIES = 10
FIRST_BACK_OFF = timedelta(seconds=5)
LONGEST_BACK_OFF = timedelta(hours=1)

logger = structlog.stdlib.get_logger(__name__)


def run_task(task_id: int) -> bool:
    """Run the row of the current schema unless it is done, dead, or somebody else has it.

    Returns whether it was done now. What the task raises is stored with the row, which is due again later.
    """
    row = OutboxTask.objects.open().filter(pk=task_id).first()
    if row is None:
        return False
    try:
        definition = find_task(row.name)
        if definition.own_transactions:
            return _run_under_lease(definition, task_id)
        return _run_in_one_transaction(definition, task_id)
    except Exception as error:  # whatever a task raises must not be lost
        logger.exception("outbox_task_failed", outbox_task=row.name, outbox_id=task_id)
        record_failure(task_id=task_id, error=error)
        return False


def _run_in_one_transaction(definition: TaskDefinition, task_id: int) -> bool:
    if _begin(task_id) is None:
        return False
    with transaction.atomic():
        row = OutboxTask.objects.open().select_for_update(skip_locked=True).filter(pk=task_id).first()
        if row is None:
            return False
        definition.function(**row.arguments)
        _mark_done(row)
    return True


def _run_under_lease(definition: TaskDefinition, task_id: int) -> bool:
    row = _begin(task_id)
    if row is None:
        return False
    definition.function(**row.arguments)
    with transaction.atomic():
        mine = OutboxTask.objects.open().select_for_update().filter(pk=task_id).first()
        if mine is not None:
            _mark_done(mine)
    return True


@transaction.atomic
def _begin(task_id: int) -> OutboxTask | None:
    """Take the row for the length of a lease, and remember it: a worker that dies now has used a try."""
    now = timezone.now()
    row = OutboxTask.objects.open().select_for_update(skip_locked=True).filter(pk=task_id).first()
    if row is None or (row.started_at and row.leased_until and row.leased_until > now):
        return None
    row.started_at, row.leased_until = now, now + LEASE
    row.save(update_fields=["started_at", "leased_until"])
    return row


def _mark_done(row: OutboxTask) -> None:
    row.done_at, row.leased_until, row.started_at = timezone.now(), None, None
    row.save(update_fields=["done_at", "leased_until", "started_at"])


@transaction.atomic
def record_failure(*, task_id: int, error: BaseException) -> None:
    """Count a failed try; the row is due again after a back-off that doubles, or dead after the last one."""
    row = OutboxTask.objects.open().select_for_update().filter(pk=task_id).first()
    if row is None:
        return
    row.tries += 1
    row.last_error = f"{type(error).__name__}: {error}"[:4000]
    row.started_at = row.leased_until = None
    count_try(row, timezone.now())
    row.save(update_fields=["tries", "last_error", "started_at", "leased_until", "due_at", "dead_at"])


def count_try(row: OutboxTask, now: datetime) -> None:
    """Set when a row with this many tries is due again, or that it is dead."""
    if row.tries >= MOST_TRIES:
        row.dead_at = now
    else:
        row.due_at = now + min(FIRST_BACK_OFF * 2 ** (row.tries - 1), LONGEST_BACK_OFF)


def run_pending(queue: str | None = None) -> int:
    """Run all that is due in the current schema, in this process, also what that enqueues; how many ended."""
    done = 0
    tried: set[int] = set()
    while True:
        rows = OutboxTask.objects.due().exclude(pk__in=tried)
        if queue is not None:
            rows = rows.filter(queue=queue)
        batch = list(rows.order_by("pk").values_list("pk", flat=True))
        if not batch:
            return done
        for task_id in batch:
            tried.add(task_id)
            done += run_task(task_id)

"""Removes rows that were done long ago, so that a table holds about a month of work and no more."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from django.utils import timezone
from django_tenants.utils import schema_context

from kernel.outbox.models import OutboxTask
from kernel.outbox.sweeping import schemas_at_work

KEPT = timedelta(days=30)
BATCH = 1000
MOST_BATCHES = 500

logger = structlog.stdlib.get_logger(__name__)


def prune_outbox(*, now: datetime | None = None, batch: int = BATCH, most_batches: int = MOST_BATCHES) -> int:
    """Delete rows done more than ``KEPT`` before ``now`` (UTC), in all schemas; how many went.

    Dead rows stay: staff must look at them. Each batch is a transaction of its own, so that no lock is held
    for long, and schemas take turns, so that a large one does not keep the others waiting; what
    ``most_batches`` leave over goes the next time. Must run outside a transaction.
    """
    before = (now or timezone.now()) - KEPT
    removed = batches = 0
    schemas = schemas_at_work()
    while schemas:
        unfinished = []
        for schema in schemas:
            if batches == most_batches:
                logger.warning("outbox_pruning_unfinished", removed=removed)
                return removed
            with schema_context(schema):
                gone = _prune_batch(before, batch)
            removed, batches = removed + gone, batches + 1
            if gone == batch:
                unfinished.append(schema)
        schemas = unfinished
    return removed


def _prune_batch(before: datetime, batch: int) -> int:
    oldest = OutboxTask.objects.done_before(before).order_by("done_at").values("pk")[:batch]
    return OutboxTask.objects.filter(pk__in=oldest).delete()[0]

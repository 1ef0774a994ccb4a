"""Finds what is due and in nobody's hands, over all tenants in one statement, and relays it."""

from __future__ import annotations

import structlog
from django.db import connection, transaction
from django.db.models import Case, F, Q, When
from django.utils import timezone
from django_tenants.utils import get_public_schema_name, get_tenant_model, schema_context
from psycopg import sql

from kernel.outbox.models import OutboxTask
from kernel.outbox.operations import LEASE
from kernel.outbox.running import MOST_TRIES
from kernel.outbox.sending import send

MOST_PER_SCHEMA = 200

logger = structlog.stdlib.get_logger(__name__)


def sweep_outbox() -> int:
    """Relay due rows of the public schema and of all tenants that work; how many messages were sent.

    A row that a worker began and never ended counts a try: a task that kills its worker each time ends among
    the dead ones instead of going round for ever. One that merely waited in its queue, or whose message was
    lost, has used none.
    """
    found = _due_rows()
    sent = 0
    for schema, ids in found.items():
        with schema_context(schema):
            for task_id, queue in _lease(ids):
                sent += send(schema, task_id, queue)
    return sent


def schemas_at_work() -> list[str]:
    """The public schema and those of all tenants that work."""
    tenants = get_tenant_model().objects.operating().values_list("schema_name", flat=True)
    public = get_public_schema_name()
    return [public, *(name for name in tenants if name != public)]


def _due_rows() -> dict[str, list[int]]:
    """Schema to row ids, by one UNION ALL."""
    branch = sql.SQL(
        "(SELECT {name} AS schema_name, id FROM {table} WHERE done_at IS NULL AND dead_at IS NULL"
        " AND due_at <= {now} AND (leased_until IS NULL OR leased_until < {now})"
        " ORDER BY due_at LIMIT {most})"
    )
    statement = sql.SQL(" UNION ALL ").join(
        branch.format(
            name=sql.Literal(schema),
            table=sql.Identifier(schema, OutboxTask._meta.db_table),  # noqa: SLF001
            now=sql.Literal(timezone.now()),
            most=sql.Literal(MOST_PER_SCHEMA),
        )
        for schema in schemas_at_work()
    )
    found: dict[str, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(statement)
        for schema, task_id in cursor.fetchall():
            found.setdefault(schema, []).append(task_id)
    return found


@transaction.atomic
def _lease(ids: list[int]) -> list[tuple[int, str]]:
    """Lease the rows that still nobody has; id and queue of each."""
    now = timezone.now()
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    rows = list(
        OutboxTask.objects.due(now)
        .filter(free, pk__in=ids)
        .select_for_update(skip_locked=True)
        .order_by("pk")
    )
    if not rows:
        return []
    mine = OutboxTask.objects.filter(pk__in=[row.pk for row in rows])
    abandoned = Q(started_at__isnull=False)
    mine.update(tries=Case(When(abandoned, then=F("tries") + 1), default=F("tries")), started_at=None)
    mine.filter(tries__gte=MOST_TRIES).update(
        dead_at=now, leased_until=None, last_error="no answer: the worker died or the task took too long"
    )
    mine.filter(dead_at=None).update(leased_until=now + LEASE)
    return list(mine.filter(dead_at=None).order_by("pk").values_list("pk", "queue"))

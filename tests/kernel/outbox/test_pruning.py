"""Rows done a month ago go, in batches, in every schema; all others stay."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection
from django.utils import timezone
from django_tenants.utils import tenant_context

from kernel.outbox.models import OutboxTask
from kernel.outbox.pruning import KEPT, prune_outbox

NOW = timezone.now()
LONG_AGO = NOW - KEPT - timedelta(minutes=1)


def write(count, **values):
    return OutboxTask.objects.bulk_create(
        OutboxTask(name="tests.note", queue="default", arguments={}, created_at=LONG_AGO, **values)
        for _ in range(count)
    )


def test_only_what_was_done_long_ago_goes(tenant):
    write(3, done_at=LONG_AGO)
    kept = [
        *write(1, done_at=NOW - KEPT + timedelta(minutes=1)),
        *write(1, done_at=NOW),
        *write(1, due_at=LONG_AGO),
        *write(1, dead_at=LONG_AGO),
    ]
    connection.set_schema_to_public()
    assert prune_outbox(now=NOW) == 3
    assert prune_outbox(now=NOW) == 0
    with tenant_context(tenant):
        assert list(OutboxTask.objects.order_by("pk")) == kept


def test_every_schema_is_pruned_batch_by_batch(tenant, other_tenant):
    connection.set_schema_to_public()
    write(1, done_at=LONG_AGO)
    for schema, count in ((tenant, 7), (other_tenant, 2)):
        with tenant_context(schema):
            write(count, done_at=LONG_AGO)
    assert prune_outbox(now=NOW, batch=3) == 10
    for schema in (tenant, other_tenant):
        with tenant_context(schema):
            assert not OutboxTask.objects.exists()


def test_one_run_does_so_much_and_a_large_schema_lets_the_others_have_their_turn(tenant, other_tenant):
    for schema, count in ((tenant, 9), (other_tenant, 2)):
        with tenant_context(schema):
            write(count, done_at=LONG_AGO)
    connection.set_schema_to_public()
    # The public schema has a turn as well.
    assert prune_outbox(now=NOW, batch=2, most_batches=3) == 4
    with tenant_context(other_tenant):
        assert not OutboxTask.objects.exists()
    with tenant_context(tenant):
        assert OutboxTask.objects.count() == 7
    assert prune_outbox(now=NOW) == 7


def test_the_oldest_are_found_by_their_index(tenant):
    write(1500, done_at=NOW)
    write(500, due_at=NOW)
    write(20, done_at=LONG_AGO)
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {OutboxTask._meta.db_table}")
    plan = OutboxTask.objects.done_before(NOW - KEPT).order_by("done_at").values("pk")[:1000].explain()
    assert "outbox_done" in plan, plan
    assert "Seq Scan" not in plan

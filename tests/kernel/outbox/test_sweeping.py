"""The sweep finds what is due in any tenant by one statement; losing Redis loses nothing."""

from __future__ import annotations

import ast
import json
from datetime import timedelta

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_tenants.utils import tenant_context

from kernel.outbox.models import OutboxTask
from kernel.outbox.operations import LEASE, enqueue
from kernel.outbox.running import MOST_TRIES
from kernel.outbox.sweeping import sweep_outbox
from kernel.outbox.tasks import run
from tests.kernel.outbox.acting import Calls, calls

__all__ = ["calls"]


@pytest.fixture
def broker():
    """The real broker; other tests may send to it at the same time."""
    return redis.Redis.from_url(settings.REDIS_URL)


def waiting(broker, queue="default"):
    """Schema and row of each message in a queue."""
    names = [name for name in broker.keys("*") if name.decode().endswith(queue)]
    lists = [name for name in names if broker.type(name) == b"list"]
    messages = [json.loads(message) for name in lists for message in broker.lrange(name, 0, -1)]
    return [ast.literal_eval(message["headers"]["argsrepr"]) for message in messages]


def lapse(**values):
    """The lease of every open row has ended."""
    OutboxTask.objects.open().update(leased_until=timezone.now() - timedelta(seconds=1), **values)


def test_a_lost_message_is_sent_again_after_its_lease(tenant, broker, calls: Calls):
    row = enqueue("tests.note", word="x")
    connection.set_schema_to_public()
    assert sweep_outbox() == 0
    with tenant_context(tenant):
        lapse()
    assert sweep_outbox() == 1
    assert (tenant.schema_name, row.pk) in waiting(broker)
    assert sweep_outbox() == 0
    with tenant_context(tenant):
        row.refresh_from_db()
        assert row.leased_until > timezone.now() + LEASE - timedelta(seconds=10)
        assert row.tries == 0


def test_all_tenants_and_the_platform_are_asked_at_once(tenant, other_tenant, broker, calls: Calls):
    connection.set_schema_to_public()
    for schema in (tenant, other_tenant):
        with tenant_context(schema):
            enqueue("tests.note", word="x", due_at=timezone.now() - timedelta(seconds=1))
            lapse()
    enqueue("tests.note", word="x")
    lapse()
    with CaptureQueriesContext(connection) as queries:
        assert sweep_outbox() == 3
    assert sum("UNION ALL" in query["sql"] for query in queries) == 1
    assert {schema for schema, _ in waiting(broker)} >= {
        "public",
        tenant.schema_name,
        other_tenant.schema_name,
    }


def test_nothing_due_costs_two_statements(tenant, broker):
    connection.set_schema_to_public()
    with CaptureQueriesContext(connection) as queries:
        assert sweep_outbox() == 0
    assert len([query for query in queries if query["sql"].lstrip("(").startswith("SELECT")]) <= 2


def test_waiting_in_a_queue_uses_no_try_but_dying_does(tenant, broker, calls: Calls):
    row = enqueue("tests.note", word="x")
    connection.set_schema_to_public()
    for _ in range(MOST_TRIES + 2):
        with tenant_context(tenant):
            lapse()
        assert sweep_outbox() == 1
    for _ in range(MOST_TRIES - 1):
        with tenant_context(tenant):
            lapse(started_at=timezone.now())
        assert sweep_outbox() == 1
    with tenant_context(tenant):
        lapse(started_at=timezone.now())
    assert sweep_outbox() == 0
    with tenant_context(tenant):
        row.refresh_from_db()
        assert row.dead_at is not None
        assert "no answer" in row.last_error


def test_future_done_and_dead_rows_stay(tenant, broker, calls: Calls):
    now = timezone.now()
    enqueue("tests.note", word="x", due_at=now + timedelta(minutes=5))
    done, dead = enqueue("tests.note", word="y"), enqueue("tests.note", word="z")
    OutboxTask.objects.filter(pk=done.pk).update(done_at=now, leased_until=None)
    OutboxTask.objects.filter(pk=dead.pk).update(dead_at=now, leased_until=None)
    connection.set_schema_to_public()
    assert sweep_outbox() == 0


def test_the_rows_of_a_suspended_tenant_go_on_and_of_a_failed_one_do_not(tenant, broker, calls: Calls):
    from tenants.directory.models import Tenant

    row = enqueue("tests.note", word="x")
    lapse()
    connection.set_schema_to_public()
    Tenant.objects.filter(pk=tenant.pk).update(state=Tenant.State.FAILED)
    assert sweep_outbox() == 0
    Tenant.objects.filter(pk=tenant.pk).update(state=Tenant.State.SUSPENDED)
    assert sweep_outbox() == 1
    run(tenant.schema_name, row.pk)
    assert calls.words == ["x"]


def test_a_message_of_a_tenant_that_is_gone_is_dropped(tenant, calls: Calls):
    row = enqueue("tests.note", word="x")
    connection.set_schema_to_public()
    run("t_gone", row.pk)
    assert calls.words == []


def test_a_broker_that_is_away_costs_nothing(tenant, calls: Calls, django_capture_on_commit_callbacks):
    from celery import current_app
    from kombu import pools

    from kernel.outbox.sending import send

    def turn_to(address: str) -> None:
        current_app.conf.broker_url = address
        # A pool that was closed stays closed, and one that is open keeps its address.
        pools.reset()
        current_app._pool = None
        current_app.amqp._producer_pool = None

    before = current_app.conf.broker_url
    turn_to("redis://127.0.0.1:1/0")
    try:
        with django_capture_on_commit_callbacks(execute=True):
            row = enqueue("tests.note", word="x")
    finally:
        turn_to(before)
    assert send(tenant.schema_name, row.pk, "default"), "the broker is there again"
    row.refresh_from_db()
    assert row.done_at is None
    assert row.dead_at is None

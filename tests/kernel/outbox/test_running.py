"""A row runs once, with its effect; failures wait longer each time and end among the dead."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_tenants.utils import schema_context, tenant_context

from kernel.outbox.models import OutboxTask
from kernel.outbox.operations import LEASE, enqueue, revive_task
from kernel.outbox.registry import UnknownTask, find_task, outbox_task
from kernel.outbox.running import MOST_TRIES, run_pending, run_task
from tests.kernel.outbox.acting import Calls, calls

__all__ = ["calls"]


def test_it_runs_once_and_is_done_with_its_effect(tenant, calls: Calls):
    row = enqueue("tests.note", word="bonjour")
    assert run_task(row.pk) is True
    assert run_task(row.pk) is False
    assert calls.words == ["bonjour"]
    row.refresh_from_db()
    assert row.done_at is not None
    assert (row.leased_until, row.started_at, row.tries) == (None, None, 0)


def test_the_effect_of_a_failed_task_is_undone(tenant, calls: Calls):
    row = enqueue("tests.write_and_fail")
    assert run_task(row.pk) is False
    assert not OutboxTask.objects.filter(name="tests.note").exists()
    row.refresh_from_db()
    assert row.tries == 1
    assert row.last_error == "RuntimeError: no paper"
    assert row.due_at > timezone.now()


def test_what_brings_its_own_transactions_keeps_what_it_saved(tenant, calls: Calls):
    row = enqueue("tests.save_and_fail")
    assert run_task(row.pk) is False
    assert OutboxTask.objects.filter(name="tests.note").exists()


def test_waits_double_and_ten_tries_end_it(tenant, calls: Calls):
    row = enqueue("tests.write_and_fail")
    waits = []
    for _ in range(MOST_TRIES):
        OutboxTask.objects.filter(pk=row.pk).update(due_at=timezone.now())
        before = timezone.now()
        run_task(row.pk)
        row.refresh_from_db()
        waits.append((row.due_at - before).total_seconds())
    assert all(later > earlier for earlier, later in pairwise(waits[:9]))
    assert row.dead_at is not None
    assert run_task(row.pk) is False
    assert list(OutboxTask.objects.dead()) == [row]


def test_a_dead_task_is_revived_once(tenant, calls: Calls):
    row = enqueue("tests.note", word="encore")
    OutboxTask.objects.filter(pk=row.pk).update(dead_at=timezone.now(), tries=MOST_TRIES)
    revived = revive_task(task_id=row.pk)
    assert revived is not None
    assert (revived.tries, revived.dead_at) == (0, None)
    assert revive_task(task_id=row.pk) is None
    assert run_pending() == 1
    assert calls.words == ["encore"]


def test_a_task_not_due_yet_waits(tenant, calls: Calls):
    later = enqueue("tests.note", due_at=timezone.now() + timedelta(hours=1), word="plus tard")
    assert run_pending() == 0
    OutboxTask.objects.filter(pk=later.pk).update(due_at=timezone.now())
    assert run_pending() == 1


def test_a_key_means_once_while_it_is_open(tenant, calls: Calls):
    first = enqueue("tests.note", dedupe_key="one", word="a")
    assert enqueue("tests.note", dedupe_key="one", word="b") == first
    run_pending()
    assert enqueue("tests.note", dedupe_key="one", word="c") != first
    run_pending()
    assert calls.words == ["a", "c"]


def test_pending_runs_what_tasks_enqueue_and_one_queue_alone(tenant, calls: Calls):
    enqueue("tests.chain", word="deux")
    enqueue("tests.money", word="argent")
    assert run_pending("default") == 2
    assert calls.words == ["deux"]
    assert run_pending() == 1
    assert calls.words == ["deux", "argent"]


def test_nobody_begins_what_is_being_run(tenant, calls: Calls):
    row = enqueue("tests.note", word="x")
    now = timezone.now()
    OutboxTask.objects.filter(pk=row.pk).update(started_at=now, leased_until=now + LEASE)
    assert run_task(row.pk) is False
    OutboxTask.objects.filter(pk=row.pk).update(leased_until=now - timedelta(seconds=1))
    assert run_task(row.pk) is True


def test_an_unknown_name_is_refused_at_once(tenant):
    with pytest.raises(UnknownTask):
        enqueue("tests.nobody_wrote_this")


def test_a_row_whose_task_was_removed_fails_visibly(tenant, calls: Calls):
    row = enqueue("tests.note", word="x")
    OutboxTask.objects.filter(pk=row.pk).update(name="tests.removed")
    assert run_task(row.pk) is False
    row.refresh_from_db()
    assert "UnknownTask" in row.last_error


def test_names_and_queues_are_checked(tenant):
    with pytest.raises(ValueError, match="unknown queue"):
        outbox_task("tests.elsewhere", queue="elsewhere")
    assert find_task("invoicing.render_invoice").queue == "documents"


def test_rows_are_the_tenants_own(tenant, other_tenant, calls: Calls):
    connection.set_schema_to_public()
    with tenant_context(tenant):
        enqueue("tests.note", word="chez moi")
    with tenant_context(other_tenant):
        assert run_pending() == 0
    with schema_context("public"):
        enqueue("tests.note", word="plateforme")
        assert run_pending() == 1
    with tenant_context(tenant):
        assert run_pending() == 1
    assert calls.words == ["plateforme", "chez moi"]


def test_nothing_is_sent_before_the_commit(tenant, django_capture_on_commit_callbacks, calls: Calls):
    with django_capture_on_commit_callbacks() as callbacks, transaction.atomic():
        enqueue("tests.note", word="x")
        enqueue("tests.note", due_at=timezone.now() + timedelta(days=1), word="y")
    assert len(callbacks) == 1

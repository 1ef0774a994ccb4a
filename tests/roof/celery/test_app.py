"""The Celery app carries JSON on three queues, forgets results, and leaves no tenant behind."""

from __future__ import annotations

import structlog
from celery import current_app, shared_task
from celery.schedules import crontab
from django.conf import settings
from django.db import connection

from kernel.outbox.registry import QUEUES
from pepiniere import celery


def test_every_process_sends_through_our_app():
    assert current_app.main == "pepiniere"
    assert current_app.conf.broker_url == settings.REDIS_URL


def test_the_queues_are_those_of_the_outbox():
    assert celery.QUEUES == QUEUES
    assert {queue.name for queue in celery.app.conf.task_queues} == set(QUEUES)


def seconds_between(schedule: float | crontab) -> float:
    """How far apart two occurrences are; the only crontab known here is one time a day."""
    if isinstance(schedule, crontab):
        assert (len(schedule.hour), len(schedule.minute), len(schedule.day_of_week)) == (1, 1, 7)
        return 86_400
    return schedule


def test_what_is_scheduled_exists_and_is_worth_nothing_late():
    for entry in celery.app.conf.beat_schedule.values():
        assert entry["task"] in celery.app.tasks
        assert entry["options"]["expires"] <= seconds_between(entry["schedule"])
        assert entry["options"]["queue"] in QUEUES


def test_messages_survive_a_killed_worker():
    conf = celery.app.conf
    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost
    assert conf.worker_prefetch_multiplier == 1
    assert conf.task_time_limit > conf.task_soft_time_limit
    assert conf.broker_transport_options["visibility_timeout"] > conf.task_time_limit
    assert conf.accept_content == ["json"]
    assert conf.task_ignore_result


@shared_task(name="tests.where")
def where() -> tuple[str, str]:
    """Tells where a task begins, and what its log lines say."""
    return connection.schema_name, structlog.contextvars.get_contextvars().get("task", "")


def test_a_task_begins_on_the_public_schema_with_a_context_of_its_own(tenant):
    structlog.contextvars.bind_contextvars(tenant="left over")
    assert where.apply().get() == ("public", "tests.where")
    assert "tenant" not in structlog.contextvars.get_contextvars()
    connection.set_tenant(tenant)

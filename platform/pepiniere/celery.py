"""The Celery app: three queues, JSON, no results; what must not be lost is a row of the outbox."""

from __future__ import annotations

import os
from typing import Any

from celery import Celery, signals
from celery.schedules import crontab
from kombu import Queue

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pepiniere.settings")

from django.conf import settings

QUEUES = ("default", "money", "documents")
SOFT_LIMIT_SECONDS = 240
# What is asked for at night and taken by nobody until the morning waits for the next night.
NIGHT_SECONDS = 6 * 3600.0

app = Celery("pepiniere", set_as_current=True)
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL,
    broker_connection_retry_on_startup=True,
    # A wiped or restarted Redis must not end a worker.
    broker_connection_max_retries=None,
    # Longer than any task may run; a message given twice finds its row done.
    broker_transport_options={
        "visibility_timeout": 900,
        "socket_keepalive": True,
        "global_keyprefix": "celery:",
    },
    task_queues=[Queue(name) for name in QUEUES],
    task_default_queue="default",
    task_create_missing_queues=False,
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_soft_time_limit=SOFT_LIMIT_SECONDS,
    task_time_limit=SOFT_LIMIT_SECONDS + 60,
    worker_prefetch_multiplier=1,
    worker_hijack_root_logger=False,
    # PDF rendering leaves memory behind.
    worker_max_tasks_per_child=1000,
    timezone="UTC",
    # The schedule is a constant: nothing to remember between two starts.
    beat_scheduler="celery.beat:Scheduler",
    beat_max_loop_interval=5,
    beat_schedule={
        "sweep-outbox": {
            "task": "kernel.outbox.sweep",
            "schedule": settings.OUTBOX_SWEEP_SECONDS,
            # A sweep nobody took in time is worth nothing.
            "options": {"expires": settings.OUTBOX_SWEEP_SECONDS, "queue": "default"},
        },
        "reconcile-payments": {
            "task": "payments.reconcile_all",
            "schedule": 300.0,
            "options": {"expires": 300.0, "queue": "default"},
        },
        "prune-outbox": {
            "task": "kernel.outbox.prune",
            "schedule": crontab(hour=2, minute=20),
            "options": {"expires": NIGHT_SECONDS, "queue": "default"},
        },
        "verify-ledgers": {
            "task": "ledger.verify_all",
            "schedule": crontab(hour=1, minute=40),
            "options": {"expires": NIGHT_SECONDS, "queue": "default"},
        },
    },
)
app.autodiscover_tasks()


@signals.setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Keep Celery from replacing what the settings configured."""


@signals.task_prerun.connect
def begin_task(task_id: str, task: Any, **_: Any) -> None:
    """A task begins on the public schema, with a log context of its own."""
    from django.db import connection

    from kernel.logs import start_log_context

    connection.set_schema_to_public()
    start_log_context(task=task.name, task_id=task_id)


@signals.task_postrun.connect
def end_task(**_: Any) -> None:
    """Nothing of a task's tenant stays in the process."""
    from django.db import connection

    if not connection.in_atomic_block:
        connection.set_schema_to_public()

"""The message that tells a worker of a row."""

from __future__ import annotations

import structlog
from celery import current_app

RUN = "kernel.outbox.run"

logger = structlog.stdlib.get_logger(__name__)


def send(schema_name: str, task_id: int, queue: str) -> bool:
    """Tell the queue of a row. A broker that is away costs nothing: the sweep relays the row later."""
    try:
        current_app.send_task(RUN, args=(schema_name, task_id), queue=queue, retry=False, ignore_result=True)
    except Exception as error:  # kombu raises what its transport raises
        logger.warning("outbox_message_not_sent", queue=queue, task_id=task_id, error=str(error))
        return False
    return True

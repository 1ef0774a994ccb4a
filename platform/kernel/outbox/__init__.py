"""Work after commit: a row of the tenant, relayed until it is done (docs/decisions/0006)."""

from kernel.outbox.registry import outbox_task

__all__ = ["outbox_task"]

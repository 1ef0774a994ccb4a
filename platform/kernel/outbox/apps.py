"""The Django app of the outbox."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class OutboxConfig(AppConfig):
    """Public schema and tenants."""

    name = "kernel.outbox"
    label = "outbox"

    def ready(self) -> None:
        """Load each app's `tasks`: a row can only be written for a task that is registered."""
        autodiscover_modules("tasks")

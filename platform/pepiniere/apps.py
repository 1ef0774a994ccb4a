"""The roof as a Django app: loads what every process of the product needs."""

from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class PepiniereConfig(AppConfig):
    """No tables."""

    name = "pepiniere"
    label = "pepiniere"

    def ready(self) -> None:
        """Make ours the Celery app of this process: `enqueue` sends through it from everywhere."""
        import_module("pepiniere.celery")

"""The Django app of the API kit."""

from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """No tables."""

    name = "kernel.api"
    label = "api_kit"

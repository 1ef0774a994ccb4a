"""The Django app of the demonstration: commands and pages, no tables."""

from __future__ import annotations

from django.apps import AppConfig


class DemonstrationConfig(AppConfig):
    """Installed everywhere, so that its commands can refuse; its pages exist in the embedded mode only."""

    name = "pepiniere.demonstration"
    label = "demonstration"

"""The Django app of the reference data."""

from __future__ import annotations

from django.apps import AppConfig


class ReferenceConfig(AppConfig):
    """Public schema only."""

    name = "tenants.reference"
    label = "reference"

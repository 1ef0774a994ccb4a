"""The Django app of the directory."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DirectoryConfig(AppConfig):
    """Public schema only."""

    name = "tenants.directory"
    label = "directory"
    verbose_name = _("Annuaire des espaces")

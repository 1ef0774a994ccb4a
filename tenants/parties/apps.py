"""The Django app of parties."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartiesConfig(AppConfig):
    """Tenants only."""

    name = "tenants.parties"
    label = "parties"
    verbose_name = _("Structures et personnes")

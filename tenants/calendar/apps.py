"""The Django app of the calendar."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CalendarConfig(AppConfig):
    """Tenants only."""

    name = "tenants.calendar"
    label = "tenant_calendar"
    verbose_name = _("Calendrier")

"""Working hours, days off and the lengths of the clocks. Dates are in the tenant's zone."""

from __future__ import annotations

from datetime import time

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


def monday_to_friday() -> list[int]:
    """ISO weekdays, Monday is 1."""
    return [1, 2, 3, 4, 5]


class WorkingCalendar(models.Model):
    """The single row of working hours: ISO weekdays, opening and closing time in the tenant's zone."""

    id = models.IntegerField(primary_key=True, default=1, editable=False)
    weekdays = ArrayField(models.IntegerField(), default=monday_to_friday, verbose_name=_("jours ouvrés"))
    day_start = models.TimeField(_("ouverture"), default=time(9, 0))
    day_end = models.TimeField(_("fermeture"), default=time(18, 0))
    follows_national_holidays = models.BooleanField(_("jours fériés français"), default=True)

    class Meta:
        """Tenants."""

        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="working_calendar_single_row"),
            models.CheckConstraint(
                condition=Q(day_end__gt=F("day_start")), name="working_calendar_hours_in_order"
            ),
            models.CheckConstraint(
                condition=Q(weekdays__len__gt=0, weekdays__contained_by=[1, 2, 3, 4, 5, 6, 7]),
                name="working_calendar_iso_weekdays",
            ),
        ]

    def __str__(self) -> str:
        return "working calendar"


class PublicHoliday(models.Model):
    """A day off that the national list lacks (or, with `is_worked`, one of it on which this tenant works)."""

    on = models.DateField(_("date"), unique=True)
    label = models.CharField(_("nom"), max_length=80, blank=True, default="")
    is_worked = models.BooleanField(_("travaillé"), default=False)

    class Meta:
        """Tenants."""

        ordering = ("on",)

    def __str__(self) -> str:
        return f"{self.on} {self.label}"


class Closure(models.Model):
    """Days on which the tenant is closed, first and last included."""

    starts_on = models.DateField(_("du"))
    ends_on = models.DateField(_("au"))
    label = models.CharField(_("motif"), max_length=80, blank=True, default="")

    class Meta:
        """Tenants."""

        ordering = ("starts_on",)
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="closure_dates_in_order"),
            models.UniqueConstraint(fields=["starts_on", "ends_on"], name="closure_once"),
        ]

    def __str__(self) -> str:
        return f"{self.starts_on}–{self.ends_on} {self.label}"


class ClockSettings(models.Model):
    """The single row of deadlines, within the bounds of the platform. New orders only."""

    id = models.IntegerField(primary_key=True, default=1, editable=False)
    provider_answer_working_days = models.IntegerField(_("réponse du prestataire (jours ouvrés)"), default=2)
    client_review_days = models.IntegerField(_("validation par le client (jours)"), default=14)
    card_payment_minutes = models.IntegerField(_("paiement par carte (minutes)"), default=60)
    transfer_payment_days = models.IntegerField(_("paiement par virement (jours)"), default=14)

    class Meta:
        """Tenants."""

        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="clock_settings_single_row"),
            models.CheckConstraint(
                condition=Q(provider_answer_working_days__range=(1, 10)), name="clock_provider_answer_bounds"
            ),
            models.CheckConstraint(
                condition=Q(client_review_days__range=(7, 30)), name="clock_review_bounds"
            ),
            models.CheckConstraint(
                condition=Q(card_payment_minutes__range=(30, 1440)), name="clock_card_bounds"
            ),
            models.CheckConstraint(
                condition=Q(transfer_payment_days__range=(3, 30)), name="clock_transfer_bounds"
            ),
        ]

    def __str__(self) -> str:
        return "clock settings"

"""Programmes of public co-funding and their budgets by year."""

from __future__ import annotations

import datetime

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class FundingBase(models.TextChoices):
    """On which price the rate applies."""

    EXCL_VAT = "excl_vat", _("prix hors taxes")
    INCL_VAT = "incl_vat", _("prix toutes taxes comprises")


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    """What programmes are asked for."""

    def open_on(self, day: datetime.date) -> ProgrammeQuerySet:
        """Programmes that run on a legal date of the tenant."""
        return self.filter(starts_on__lte=day, ends_on__gte=day)


class Programme(models.Model):
    """A funder pays a part of what businesses order, within rates, caps and budgets."""

    slug = models.SlugField(max_length=80, db_index=False)
    name = models.CharField(max_length=160)
    name_en = models.CharField(max_length=160, blank=True)
    description = models.TextField()
    description_en = models.TextField(blank=True)
    funder = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="programmes")
    rate_percent = models.DecimalField(max_digits=5, decimal_places=2)
    # The most that one voucher pays.
    cap_cents = models.BigIntegerField()
    min_spend_cents = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="EUR")
    base = models.CharField(max_length=12, choices=FundingBase.choices, default=FundingBase.EXCL_VAT)
    max_vouchers_per_business = models.IntegerField(default=1)
    stackable = models.BooleanField(default=False)
    reservation_days = models.IntegerField(default=30)
    starts_on = models.DateField()
    ends_on = models.DateField()
    # Typed facts, see ``eligibility``: max_age_years, max_employees_exclusive, departments, categories,
    # vat_regimes, business_states; a missing or empty one restricts nothing.
    eligibility = models.JSONField(default=dict, blank=True)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("dispositif")
        verbose_name_plural = _("dispositifs")
        ordering = ("name", "id")
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="programme_slug_unique"),
            models.CheckConstraint(
                condition=Q(rate_percent__gt=0, rate_percent__lte=100), name="programme_rate_range"
            ),
            models.CheckConstraint(condition=Q(cap_cents__gt=0), name="programme_cap_positive"),
            models.CheckConstraint(
                condition=Q(min_spend_cents__gte=0), name="programme_min_spend_not_negative"
            ),
            models.CheckConstraint(condition=Q(base__in=FundingBase.values), name="programme_base_known"),
            models.CheckConstraint(
                condition=Q(max_vouchers_per_business__gte=1), name="programme_vouchers_positive"
            ),
            models.CheckConstraint(
                condition=Q(reservation_days__gte=1), name="programme_reservation_positive"
            ),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="programme_dates_in_order"),
        ]
        indexes = [models.Index(fields=["ends_on", "starts_on"], name="programme_open_idx")]

    def __str__(self) -> str:
        return self.name


class ProgrammeBudget(models.Model):
    """What a programme may spend in one budget year, the year of reservation."""

    programme = models.ForeignKey(Programme, on_delete=models.PROTECT, related_name="budgets")
    year = models.IntegerField()
    amount_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="EUR")

    class Meta:
        verbose_name = _("budget annuel")
        verbose_name_plural = _("budgets annuels")
        ordering = ("year",)
        constraints = [
            models.UniqueConstraint(fields=["programme", "year"], name="programmebudget_year_unique"),
            models.CheckConstraint(condition=Q(amount_cents__gte=0), name="programmebudget_not_negative"),
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2200), name="programmebudget_year_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.year}"

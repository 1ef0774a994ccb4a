"""Places of France, activity codes, dated VAT rates and parameters; tenants point here by code alone."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q


class Region(models.Model):
    """A region or overseas collectivity, by INSEE code."""

    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField(max_length=100)
    zone = models.CharField(max_length=10)

    class Meta:
        """Public schema."""

        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Department(models.Model):
    """A department, by INSEE code; `region_code` is a Region's."""

    code = models.CharField(max_length=3, primary_key=True)
    name = models.CharField(max_length=100)
    region_code = models.CharField(max_length=3)
    zone = models.CharField(max_length=10)

    class Meta:
        """Public schema."""

        ordering = ("code",)
        indexes = [models.Index(fields=["region_code", "code"], name="department_region")]

    def __str__(self) -> str:
        return self.name


class Commune(models.Model):
    """A commune of today, by INSEE code. `sort_key` is its name unaccented and casefolded."""

    code = models.CharField(max_length=5, primary_key=True)
    name = models.CharField(max_length=100)
    sort_key = models.CharField(max_length=100)
    postal_codes = models.CharField(max_length=200, blank=True)
    department_code = models.CharField(max_length=3)
    population = models.IntegerField(null=True)

    class Meta:
        """Public schema."""

        ordering = ("sort_key", "code")
        constraints = [
            models.CheckConstraint(
                condition=Q(population__isnull=True) | Q(population__gte=0),
                name="commune_population_not_negative",
            )
        ]
        indexes = [
            models.Index(fields=["department_code", "sort_key"], name="commune_department"),
            GinIndex(OpClass(F("sort_key"), name="gin_trgm_ops"), name="commune_name_trigrams"),
        ]

    def __str__(self) -> str:
        return self.name


class NafCode(models.Model):
    """A sub-class of the French nomenclature of activities, of one version of it."""

    version = models.CharField(max_length=10)
    code = models.CharField(max_length=7)
    label = models.CharField(max_length=250)

    class Meta:
        """Public schema."""

        ordering = ("version", "code")
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="naf_code_once_a_version")]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"


class VatRateQuerySet(models.QuerySet["VatRate"]):
    """The vocabulary for VAT rates."""

    def valid_on(self, on: date) -> VatRateQuerySet:
        """The rates in force on a legal date."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on)


class VatRate(models.Model):
    """A rate in percent of one kind in one tax territory, from and to a legal date (both inclusive)."""

    class Territory(models.TextChoices):
        """Where French VAT differs; Guyane and Mayotte have none for the time being (CGI art. 294)."""

        MAINLAND = "mainland"
        CORSICA = "corsica"
        GUADELOUPE = "guadeloupe"
        MARTINIQUE = "martinique"
        REUNION = "reunion"
        GUYANE = "guyane"
        MAYOTTE = "mayotte"

    class Kind(models.TextChoices):
        """The law's words; which supply has which kind is the service's own field."""

        STANDARD = "standard"
        INTERMEDIATE = "intermediate"
        REDUCED = "reduced"
        SUPER_REDUCED = "super_reduced"

    territory = models.CharField(max_length=12, choices=Territory.choices)
    kind = models.CharField(max_length=14, choices=Kind.choices)
    rate = models.DecimalField(max_digits=5, decimal_places=2)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    objects = VatRateQuerySet.as_manager()

    class Meta:
        """Public schema."""

        ordering = ("territory", "kind", "valid_from")
        constraints = [
            models.UniqueConstraint(fields=["territory", "kind", "valid_from"], name="vat_rate_once_a_date"),
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lt=100), name="vat_rate_is_a_percentage"),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="vat_rate_dates_in_order"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.territory} {self.kind} {self.rate} %"


class DatedParameter(models.Model):
    """A value that the law changes from a legal date on; which keys there are is `parameters`' to say.

    `value` is the JSON of `kernel.rules.kinds`, null where the parameter is repealed from that day.
    """

    key = models.CharField(max_length=80)
    valid_from = models.DateField()
    value = models.JSONField(null=True)
    reference = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        """Public schema."""

        ordering = ("key", "valid_from")
        constraints = [
            models.UniqueConstraint(fields=["key", "valid_from"], name="dated_parameter_once_a_date")
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.valid_from}"

"""What a service is made of: options, milestones, intake forms."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing.charges.inputs import VatKind
from services.catalogue.models.services import Service


class ServiceOption(models.Model):
    """Something that may be added to a service for a price of its own, excluding VAT."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="options")
    key = models.SlugField(max_length=40, db_index=False)
    position = models.IntegerField(default=0)
    label = models.CharField(max_length=160)
    label_en = models.CharField(max_length=160, blank=True)
    unit_price = models.DecimalField(max_digits=12, decimal_places=4)
    # Counted once per unit of the service (per parcel, per seat) instead of once.
    per_unit = models.BooleanField(default=False)
    vat_kind = models.CharField(max_length=16, choices=VatKind.choices, default=VatKind.STANDARD)
    vat_exemption_reason = models.CharField(max_length=240, blank=True)

    class Meta:
        verbose_name = _("option")
        verbose_name_plural = _("options")
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(fields=["service", "key"], name="serviceoption_key_unique"),
            models.CheckConstraint(condition=Q(unit_price__gt=0), name="serviceoption_price_positive"),
            models.CheckConstraint(
                condition=Q(vat_kind__in=VatKind.values), name="serviceoption_vat_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(vat_kind__in=["exempt", "outside_scope"]) | ~Q(vat_exemption_reason=""),
                name="serviceoption_exemption_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class ServiceMilestone(models.Model):
    """A part of the service that is delivered, approved, paid out and invoiced alone."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="milestones")
    position = models.IntegerField()
    label = models.CharField(max_length=160)
    label_en = models.CharField(max_length=160, blank=True)
    share_percent = models.IntegerField()

    class Meta:
        verbose_name = _("étape")
        verbose_name_plural = _("étapes")
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["service", "position"], name="servicemilestone_position_unique"),
            models.CheckConstraint(
                condition=Q(share_percent__gte=1, share_percent__lte=100), name="servicemilestone_share_range"
            ),
        ]

    def __str__(self) -> str:
        return self.label


class IntakeForm(models.Model):
    """One version of the questions asked at order time; an order keeps the version that it answered."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="intake_forms")
    version = models.IntegerField(default=1)
    # A list of {key, label, label_en, type, required, help, choices?}.
    fields = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("questionnaire")
        verbose_name_plural = _("questionnaires")
        ordering = ("-version",)
        constraints = [
            models.UniqueConstraint(fields=["service", "version"], name="intakeform_version_unique"),
            models.CheckConstraint(condition=Q(version__gte=1), name="intakeform_version_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} v{self.version}"

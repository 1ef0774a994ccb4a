"""What is given back of a part after it was released: amounts stored once, VAT by category and rate."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ReturnBearer(models.TextChoices):
    """Who bears what is given back after a release."""

    PROVIDER = "provider", _("Prestataire")
    OPERATOR = "operator", _("Espace")


class ChargeReturn(models.Model):
    """One refund of a released part, whole or partial, incl. VAT."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    release = models.ForeignKey("charges.ChargeRelease", on_delete=models.PROTECT, related_name="returns")
    position = models.IntegerField()
    bearer = models.CharField(max_length=10, choices=ReturnBearer)
    corrects_sale = models.BooleanField()
    """Whether the seller gives a part of its price back; otherwise it is a gesture of the operator."""
    reason = models.CharField(max_length=500)
    excl_cents = models.BigIntegerField()
    vat_cents = models.BigIntegerField()
    incl_cents = models.BigIntegerField()
    cofunded_cents = models.BigIntegerField(default=0)
    """The part that goes back to funders, in the proportion stored at opening."""
    commission_excl_cents = models.BigIntegerField(default=0)
    commission_vat_cents = models.BigIntegerField(default=0)
    returned_at = models.DateTimeField(default=timezone.now)
    returned_on = models.DateField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["release", "position"], name="charges_return_position_unique"),
            models.CheckConstraint(
                condition=Q(bearer__in=ReturnBearer.values), name="charges_return_bearer_known"
            ),
            models.CheckConstraint(
                condition=Q(incl_cents__gt=0, excl_cents__gte=0, vat_cents__gte=0),
                name="charges_return_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(incl_cents=F("excl_cents") + F("vat_cents")),
                name="charges_return_incl_is_excl_plus_vat",
            ),
            models.CheckConstraint(
                condition=Q(cofunded_cents__gte=0, cofunded_cents__lte=F("incl_cents")),
                name="charges_return_cofunded_within_incl",
            ),
            models.CheckConstraint(
                condition=Q(commission_excl_cents__gte=0, commission_vat_cents__gte=0)
                & Q(incl_cents__gte=F("commission_excl_cents") + F("commission_vat_cents")),
                name="charges_return_commission_within_incl",
            ),
            models.CheckConstraint(condition=Q(position__gte=1), name="charges_return_position_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.release_id}/{self.position} {self.incl_cents}"

    @property
    def source(self) -> str:
        """What its ledger entry, the seller's debt and the aid given back name as their source."""
        return f"return:{self.pk}"

    @property
    def commission_incl_cents(self) -> int:
        """What the operator gives back of its commission, incl. VAT, in cents."""
        return self.commission_excl_cents + self.commission_vat_cents

    @property
    def seller_cents(self) -> int:
        """What the seller owes for it: the amount less the commission given back, in cents."""
        return self.incl_cents - self.commission_incl_cents if self.corrects_sale else 0

    @property
    def to_buyer_cents(self) -> int:
        """What goes back to the buyer, in cents."""
        return self.incl_cents - self.cofunded_cents


class ChargeReturnVat(models.Model):
    """Share of a return in one VAT category at one rate."""

    charge_return = models.ForeignKey(ChargeReturn, on_delete=models.PROTECT, related_name="vat_breakdown")
    vat_category = models.CharField(max_length=2)
    vat_rate = models.DecimalField(max_digits=5, decimal_places=2)
    base_cents = models.BigIntegerField()
    vat_cents = models.BigIntegerField()

    class Meta:
        ordering = ["-vat_rate", "vat_category"]
        constraints = [
            models.UniqueConstraint(
                fields=["charge_return", "vat_category", "vat_rate"], name="charges_return_vat_unique"
            ),
            models.CheckConstraint(
                condition=Q(base_cents__gte=0, vat_cents__gte=0, vat_rate__gte=0),
                name="charges_return_vat_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.charge_return_id} {self.vat_category} {self.vat_rate}"

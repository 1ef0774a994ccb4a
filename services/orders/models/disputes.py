"""Disputes of lines: what the client complains of, and what the operator decided."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.charges.models import ReturnBearer
from services.orders.lifecycle import RESUMED, DisputeState


class Wanted(models.TextChoices):
    """What the client asks for."""

    CORRECTION = "correction", _("Que le travail soit repris")
    PART = "part", _("Le remboursement d’une partie")
    ALL = "all", _("Le remboursement de tout")


class Dispute(models.Model):
    """A complaint about a line; amounts in cents incl. VAT. `from_state` is where the line was before."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT, related_name="disputes")
    state = models.CharField(max_length=10, choices=DisputeState, default=DisputeState.OPEN)
    from_state = models.CharField(max_length=20)
    reason = models.TextField(max_length=4000)
    wanted = models.CharField(max_length=10, choices=Wanted)
    wanted_cents = models.BigIntegerField(null=True, blank=True)
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True, blank=True
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    refund_cents = models.BigIntegerField(null=True, blank=True)
    bearer = models.CharField(max_length=10, choices=ReturnBearer, blank=True)
    decision = models.TextField(max_length=2000, blank=True)

    class Meta:
        verbose_name = _("litige")
        verbose_name_plural = _("litiges")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=DisputeState.values), name="orders_dispute_state_known"
            ),
            models.CheckConstraint(
                condition=Q(from_state__in=[str(state) for state in RESUMED]),
                name="orders_dispute_from_known",
            ),
            models.CheckConstraint(
                condition=Q(wanted="part", wanted_cents__gt=0)
                | (Q(wanted__in=["correction", "all"]) & Q(wanted_cents__isnull=True)),
                name="orders_dispute_wanted_fits",
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True, ended_by__isnull=True)
                | (~Q(state="open") & Q(ended_at__isnull=False, ended_by__isnull=False)),
                name="orders_dispute_ended_has_instant",
            ),
            models.CheckConstraint(
                condition=(Q(state="decided", refund_cents__gte=0) & ~Q(bearer="") & ~Q(decision=""))
                | (~Q(state="decided") & Q(refund_cents__isnull=True, bearer="", decision="")),
                name="orders_dispute_decided_says_what",
            ),
            models.UniqueConstraint(
                fields=["line"], condition=Q(state="open"), name="orders_dispute_one_open"
            ),
            # What was decided is not decided again; later mistakes are refunds after approval.
            models.UniqueConstraint(
                fields=["line"], condition=Q(state="decided"), name="orders_dispute_one_decided"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.state}"

"""What billing tells upwards, kept with the money that it is about."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from billing.events import KINDS


class ChargeEvent(models.Model):
    """What happened to a charge, written with the money and delivered to the subscribers above."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    charge = models.ForeignKey("charges.Charge", on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(max_length=32)
    payload = models.JSONField(default=dict)
    occurred_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True, blank=True)
    delivered_to = models.JSONField(default=list)
    """Names of the subscribers that have had it."""
    tries = models.IntegerField(default=0)
    last_error = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=sorted(KINDS)), name="charges_event_kind_known"),
            models.CheckConstraint(condition=Q(tries__gte=0), name="charges_event_tries_not_negative"),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(delivered_at__isnull=True), name="charges_event_undelivered"
            )
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind}"

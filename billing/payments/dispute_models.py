"""Charges that a buyer's bank took back, and who bears them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from billing.payments.choices import Bearer
from billing.payments.lifecycle import DisputeState


class GatewayDispute(models.Model):
    """One charge-back of a payment, as the gateway tells it; a returned debit is one that is lost at once."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    payment = models.ForeignKey("payments.Payment", on_delete=models.PROTECT, related_name="disputes")
    gateway_dispute_id = models.CharField(max_length=120)
    reason = models.CharField(max_length=60)
    """The bank's own word."""
    amount_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    fee_cents = models.BigIntegerField(default=0)
    state = models.CharField(max_length=8, choices=DisputeState, default=DisputeState.OPEN)
    due_by = models.DateTimeField(null=True, blank=True)
    """Until when the bank takes an answer."""
    opened_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    bearer = models.CharField(max_length=10, choices=Bearer, blank=True)
    """Who bears what no cancelled part covers; chosen by staff once it is lost."""
    borne_cents = models.BigIntegerField(default=0)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["gateway_dispute_id"], name="payments_dispute_gateway_id_unique"),
            models.UniqueConstraint(
                fields=["payment"],
                condition=Q(state__in=[DisputeState.OPEN, DisputeState.LOST]),
                name="payments_dispute_one_standing",
            ),
            models.CheckConstraint(
                condition=Q(state__in=DisputeState.values), name="payments_dispute_state_known"
            ),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0, fee_cents__gte=0), name="payments_dispute_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(bearer="", decided_at__isnull=True, borne_cents=0)
                | Q(
                    bearer__in=Bearer.values,
                    decided_at__isnull=False,
                    state=DisputeState.LOST,
                    borne_cents__gte=0,
                    borne_cents__lte=models.F("amount_cents"),
                ),
                name="payments_dispute_decided_when_lost",
            ),
            models.CheckConstraint(
                condition=Q(state=DisputeState.OPEN, closed_at__isnull=True)
                | (~Q(state=DisputeState.OPEN) & Q(closed_at__isnull=False)),
                name="payments_dispute_closed_has_instant",
            ),
        ]
        indexes = [models.Index(fields=["state", "opened_at"], name="payments_dispute_by_state")]

    def __str__(self) -> str:
        return self.gateway_dispute_id

"""Settlement statements: what a provider sold, what was kept and what was paid in one period."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class Statement(models.Model):
    """A statement as it was drawn up: `snapshot` is what it says, `pdf` the page that a worker made of it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    snapshot = models.JSONField()
    sha256 = models.CharField(max_length=64)
    pdf = models.BinaryField(null=True, blank=True)
    drawn_at = models.DateTimeField(default=timezone.now)
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    rendered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="payouts_statement_dates_in_order"
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="payouts_statement_hash_form"
            ),
            models.CheckConstraint(
                condition=Q(pdf__isnull=True) | Q(rendered_at__isnull=False),
                name="payouts_statement_rendered_has_instant",
            ),
        ]
        indexes = [models.Index(fields=["party", "-id"], name="payouts_statement_by_party")]

    def __str__(self) -> str:
        return f"{self.party_id} {self.starts_on} {self.ends_on}"

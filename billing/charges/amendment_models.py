"""What was amended of an item after its charge was opened: the copy of before, who replaced whom, and why."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class ChargeAmendment(models.Model):
    """An item was given to another seller at the same price; tax and commission were frozen anew.

    `before` holds all that the amendment replaced, in cents: the item's snapshot and commission, its lines'
    VAT, its releases with their breakdowns. The rows of the charge hold what is in force.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    item = models.ForeignKey("charges.ChargeItem", on_delete=models.PROTECT, related_name="amendments")
    number = models.IntegerField()
    former_seller = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    seller = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    before = models.JSONField()
    reason = models.CharField(max_length=500)
    amended_at = models.DateTimeField(default=timezone.now)
    priced_on = models.DateField()
    """Legal date for which VAT and commission were determined anew."""
    amended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["item", "number"]
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="charges_amendment_number_unique"),
            models.CheckConstraint(condition=Q(number__gte=1), name="charges_amendment_number_positive"),
            models.CheckConstraint(
                condition=~Q(seller=F("former_seller")), name="charges_amendment_other_seller"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} n° {self.number}"

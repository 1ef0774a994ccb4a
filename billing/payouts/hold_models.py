"""How long a payout waits after the payment, by method of payment."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


@dataclass(frozen=True)
class HoldBounds:
    """Working days: what holds without a choice of the tenant, and what it may choose."""

    default: int
    least: int
    most: int


# A debit by SEPA can be sent back by the bank for days after it was told paid; a card cannot.
BOUNDS: dict[str, HoldBounds] = {
    "card": HoldBounds(default=0, least=0, most=30),
    "sepa_debit": HoldBounds(default=10, least=5, most=40),
    "bank_transfer": HoldBounds(default=0, least=0, most=30),
    "voucher": HoldBounds(default=0, least=0, most=30),
}
NO_HOLD = HoldBounds(default=0, least=0, most=30)
MOST_DAYS = 40


class HoldTerm(models.Model):
    """The tenant's own number of working days for a method; without a row the default holds."""

    method = models.CharField(max_length=16)
    working_days = models.IntegerField()
    changed_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["method"]
        constraints = [
            models.UniqueConstraint(fields=["method"], name="payouts_hold_method_unique"),
            models.CheckConstraint(
                condition=Q(working_days__gte=0, working_days__lte=MOST_DAYS),
                name="payouts_hold_days_bounded",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.method} {self.working_days}"

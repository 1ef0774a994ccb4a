"""What staff wrote about money that waits, and who took it on."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Subject(models.TextChoices):
    """What a row of the console's list is about."""

    PAYMENT = "payment", _("Paiement")
    REFUND = "refund", _("Remboursement")
    DELIVERY = "delivery", _("Notification")
    DISPUTE = "dispute", _("Contestation")


class FollowUp(models.Model):
    """One step of staff with a row that waits: taken on by somebody, or put away with a note. Append-only."""

    subject = models.CharField(max_length=10, choices=Subject)
    object_id = models.BigIntegerField()
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(max_length=500, blank=True)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(subject__in=Subject.values), name="payments_follow_up_subject_known"
            ),
            models.CheckConstraint(
                condition=Q(assignee__isnull=False) | ~Q(note=""), name="payments_follow_up_says_something"
            ),
        ]
        indexes = [models.Index(fields=["subject", "object_id"], name="payments_follow_up_of_row")]

    def __str__(self) -> str:
        return f"{self.subject} {self.object_id}"

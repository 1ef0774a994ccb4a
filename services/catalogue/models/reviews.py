"""What those who ordered a service say about it, and what its provider answers."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services.catalogue.models.services import Service


class ServiceReview(models.Model):
    """A review of one line of an order, named by its ``line_key``; hidden ones count for nothing."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="reviews", db_index=False)
    line_key = models.CharField(max_length=40, db_index=False)
    buyer = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    rating = models.IntegerField()
    text = models.TextField()
    written_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(null=True, blank=True)
    answer = models.TextField(blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_reason = models.TextField(blank=True)
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("avis sur un service")
        verbose_name_plural = _("avis sur les services")
        ordering = ("-written_at", "-id")
        constraints = [
            models.UniqueConstraint(fields=["line_key"], name="servicereview_once_a_line"),
            models.CheckConstraint(condition=Q(rating__gte=1, rating__lte=5), name="servicereview_rating"),
            models.CheckConstraint(condition=~Q(text=""), name="servicereview_says_something"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True)
                | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="servicereview_answer_whole",
            ),
            models.CheckConstraint(
                condition=Q(hidden_at__isnull=True) | ~Q(hidden_reason=""),
                name="servicereview_hidden_has_reason",
            ),
        ]
        indexes = [
            models.Index(fields=["service", "-written_at", "-id"], name="servicereview_service_idx"),
            models.Index(fields=["-written_at", "-id"], name="servicereview_list_idx"),
        ]

    def __str__(self) -> str:
        return f"{self.line_key} {self.rating}/5"

    @property
    def buyer_name(self) -> str:
        """Under which name it is shown; people who have no business yet are not named."""
        return self.buyer.display_name if self.buyer.siren else str(_("Entreprise en création"))

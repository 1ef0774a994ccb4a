"""What a provider hands over, and what both sides write to each other about a line."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from services.orders.lifecycle import BUSINESS, OPERATOR, PROVIDER


def deliverable_path(instance: Deliverable, filename: str) -> str:
    """Where the bytes lie: a name of ours, never the uploader's."""
    return f"deliverables/{instance.public_id}"


class Deliverable(models.Model):
    """A file or a link handed over for a milestone; attached first, the client's from `delivered_at` on.

    `delivery` counts the deliveries of the milestone from 1: corrections come with the next one.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    milestone = models.ForeignKey("orders.Milestone", on_delete=models.PROTECT, related_name="deliverables")
    delivery = models.IntegerField()
    title = models.CharField(max_length=120)
    file = models.FileField(upload_to=deliverable_path, blank=True)
    link = models.URLField(max_length=500, blank=True)
    content_type = models.CharField(max_length=80, blank=True)
    size_bytes = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("livrable")
        verbose_name_plural = _("livrables")
        ordering = ("delivery", "id")
        constraints = [
            models.CheckConstraint(
                condition=(~Q(file="") & Q(link="") & Q(size_bytes__gt=0) & ~Q(sha256=""))
                | (Q(file="") & ~Q(link="") & Q(size_bytes=0) & Q(sha256="")),
                name="fulfilment_deliverable_file_or_link",
            ),
            models.CheckConstraint(
                condition=Q(delivery__gte=1), name="fulfilment_deliverable_delivery_from_1"
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Message(models.Model):
    """What one side writes to the other about a line; rows only join."""

    line = models.ForeignKey("orders.OrderLine", on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=10)
    body = models.TextField(max_length=5000)
    form_token = models.UUIDField(default=uuid.uuid4, unique=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("at", "id")
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=[BUSINESS, PROVIDER, OPERATOR]), name="fulfilment_message_role_known"
            ),
            models.CheckConstraint(condition=~Q(body=""), name="fulfilment_message_not_empty"),
        ]
        indexes = [models.Index(fields=["line", "at", "id"], name="fulfilment_message_by_line")]

    def __str__(self) -> str:
        return f"{self.line_id} {self.at:%Y-%m-%d}"

"""What was told to whom, and which events of billing were heard: each once."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Notice(models.Model):
    """An e-mail to one person about one thing; the row is unique, so nobody is told twice."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=32)
    subject_key = models.CharField(max_length=120)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    context = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("avis par e-mail")
        verbose_name_plural = _("avis par e-mail")
        constraints = [
            models.UniqueConstraint(fields=["kind", "subject_key", "user"], name="orders_notice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject_key}"


class HeardEvent(models.Model):
    """An event of billing that orders have acted upon."""

    event_id = models.BigIntegerField(primary_key=True)
    heard_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("événement de facturation reçu")
        verbose_name_plural = _("événements de facturation reçus")

    def __str__(self) -> str:
        return str(self.event_id)

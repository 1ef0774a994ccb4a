"""Files given as answers to the questions of a service."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


def intake_path(instance: IntakeFile, filename: str) -> str:
    """Where the bytes lie: a name of ours, never the uploader's."""
    return f"intake/{instance.public_id}"


class IntakeFile(models.Model):
    """An uploaded answer; it belongs to a cart line until the order takes it over."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cart_line = models.ForeignKey(
        "orders.CartLine", null=True, blank=True, on_delete=models.SET_NULL, related_name="files"
    )
    line = models.ForeignKey(
        "orders.OrderLine", null=True, blank=True, on_delete=models.PROTECT, related_name="intake_files"
    )
    field_key = models.CharField(max_length=80)
    file = models.FileField(upload_to=intake_path)
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=80)
    size_bytes = models.BigIntegerField()
    sha256 = models.CharField(max_length=64)
    uploaded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("fichier joint à une réponse")
        verbose_name_plural = _("fichiers joints aux réponses")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(condition=Q(size_bytes__gt=0), name="orders_intakefile_not_empty"),
        ]

    def __str__(self) -> str:
        return self.name

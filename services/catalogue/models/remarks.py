"""What an operator asks a provider to change, field by field."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from services.catalogue.models.services import Service


class ServiceRemark(models.Model):
    """A remark on one field of a service; settled when the provider changes that field."""

    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="remarks")
    # A name of ``services.catalogue.fields``.
    field = models.CharField(max_length=40)
    text = models.TextField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    written_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("remarque sur un service")
        verbose_name_plural = _("remarques sur les services")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="serviceremark_says_something"),
        ]
        indexes = [
            models.Index(
                fields=["service", "field"], condition=Q(settled_at=None), name="serviceremark_open_idx"
            )
        ]

    def __str__(self) -> str:
        return f"{self.service_id} {self.field}"

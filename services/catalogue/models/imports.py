"""Files of services that were handed in, and what was found in them."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ImportState(models.TextChoices):
    """Where a file stands; moved by ``exchange.imports`` only."""

    READING = "reading", _("Lecture en cours")
    READ = "read", _("À confirmer")
    APPLYING = "applying", _("Import en cours")
    APPLIED = "applied", _("Importé")
    DROPPED = "dropped", _("Abandonné")


class ServiceImport(models.Model):
    """One file. ``party`` is the provider whose services it holds; without one it is the operator's."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    party = models.ForeignKey(
        "parties.Party", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    file_name = models.CharField(max_length=120)
    state = models.CharField(max_length=12, choices=ImportState.choices, default=ImportState.READING)
    # What stands in the file: a list of {line, cells}.
    records = models.JSONField(default=list)
    # What it would do: a list of {line, slug, name, kind, fields, errors, seen}.
    report = models.JSONField(default=list)
    # Services changed between the report and its confirmation: the report was drawn up anew.
    is_renewed = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("import de services")
        verbose_name_plural = _("imports de services")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ImportState.values), name="serviceimport_state_known"
            ),
        ]
        indexes = [models.Index(fields=["party", "-id"], name="serviceimport_party_idx")]

    def __str__(self) -> str:
        return self.file_name

"""What people wish for: services they keep at hand, and those that nobody offers yet."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from services.catalogue.models.services import Service


class FavouriteService(models.Model):
    """A service that one person keeps at hand."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    service = models.ForeignKey(Service, on_delete=models.CASCADE, related_name="favourites")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("favori")
        verbose_name_plural = _("favoris")
        constraints = [
            models.UniqueConstraint(fields=["user", "service"], name="favourite_once"),
        ]
        indexes = [models.Index(fields=["user", "-created_at", "-id"], name="favourite_user_idx")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.service_id}"


class WantedService(models.Model):
    """What somebody looked for and did not find, told to the operator in the very words that were typed."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    words = models.CharField(max_length=120)
    # Folded: the same wish twice is one.
    folded = models.CharField(max_length=160)
    note = models.CharField(max_length=1000, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        verbose_name = _("besoin sans réponse")
        verbose_name_plural = _("besoins sans réponse")
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="wanted_has_words"),
            models.UniqueConstraint(
                fields=["user", "folded"], condition=Q(settled_at__isnull=True), name="wanted_once_a_person"
            ),
        ]
        indexes = [
            # Those that wait come first, the latest of them first; settled ones after, the same way.
            models.Index(
                F("settled_at").desc(nulls_first=True), F("created_at").desc(), "id", name="wanted_list_idx"
            ),
        ]

    def __str__(self) -> str:
        return self.words

"""Public pages of providers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class ProviderProfile(models.Model):
    """The public page of a provider; its legal identity is the party."""

    party = models.OneToOneField("parties.Party", on_delete=models.PROTECT, related_name="provider_profile")
    slug = models.SlugField(max_length=80, db_index=False)
    about = models.TextField(blank=True)
    about_en = models.TextField(blank=True)
    working_radius_km = models.IntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("page de prestataire")
        verbose_name_plural = _("pages de prestataires")
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="providerprofile_slug_unique"),
            models.CheckConstraint(
                condition=Q(working_radius_km__isnull=True) | Q(working_radius_km__gt=0),
                name="providerprofile_radius_positive",
            ),
        ]

    def __str__(self) -> str:
        return self.slug

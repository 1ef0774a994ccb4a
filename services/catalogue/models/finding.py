"""What a search knows beside the services: the words they are written with, and words that mean the same."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class SearchWord(models.Model):
    """A word of the published services; what is mistyped is held against these."""

    folded = models.CharField(max_length=60, db_index=False)
    # As people write it, accents and all.
    shown = models.CharField(max_length=60)
    stem = models.CharField(max_length=60)
    services = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["folded"], name="searchword_folded_unique"),
            models.CheckConstraint(condition=Q(services__gte=0), name="searchword_services_not_negative"),
        ]
        indexes = [
            models.Index(fields=["stem"], name="searchword_stem_idx"),
            GinIndex(OpClass("folded", name="gin_trgm_ops"), name="searchword_folded_trgm_idx"),
        ]

    def __str__(self) -> str:
        return self.shown


class SynonymGroup(models.Model):
    """Words and phrases that people here use for one thing, beside those that all tenants have."""

    terms = ArrayField(models.CharField(max_length=60))
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("mots de même sens")
        verbose_name_plural = _("mots de même sens")
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(condition=Q(terms__len__gte=2), name="synonymgroup_two_terms"),
        ]

    def __str__(self) -> str:
        return ", ".join(self.terms)

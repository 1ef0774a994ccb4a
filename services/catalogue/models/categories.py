"""Rubrics: the tenant's own tree."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Category(models.Model):
    """A rubric of the tenant's own tree (two levels are shown); services hang on any of them."""

    slug = models.SlugField(max_length=80, db_index=False)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    position = models.IntegerField(default=0)
    icon = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("rubrique")
        verbose_name_plural = _("rubriques")
        ordering = ("position", "id")
        constraints = [
            models.UniqueConstraint(fields=["slug"], name="category_slug_unique"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="category_not_own_parent"
            ),
        ]

    def __str__(self) -> str:
        return self.name

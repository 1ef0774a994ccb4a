"""The Django app of the catalogue."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CatalogueConfig(AppConfig):
    """Tables in tenants only."""

    name = "services.catalogue"
    label = "catalogue"
    verbose_name = _("Catalogue")

    def ready(self) -> None:
        """Lend the rubrics' words to the rules of co-funding and of commission."""
        from billing.commission.targets import lend_targets
        from billing.funding.vocabulary import CATEGORIES, lend_choices
        from services.catalogue.rubric_choices import commission_targets, rubric_choices

        lend_choices(CATEGORIES, rubric_choices)
        lend_targets("category", commission_targets)

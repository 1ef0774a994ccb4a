"""The Django app of co-funding."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FundingConfig(AppConfig):
    """Tables in tenants only."""

    name = "billing.funding"
    label = "funding"
    verbose_name = _("Dispositifs d’aide")

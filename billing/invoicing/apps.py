"""The Django app of invoicing."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InvoicingConfig(AppConfig):
    """Tenants only."""

    name = "billing.invoicing"
    label = "invoicing"
    verbose_name = _("Facturation")

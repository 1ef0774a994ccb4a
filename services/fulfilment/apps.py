"""The Django app of fulfilment."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FulfilmentConfig(AppConfig):
    """Tables in tenants only."""

    name = "services.fulfilment"
    label = "fulfilment"
    verbose_name = _("Réalisation des prestations")

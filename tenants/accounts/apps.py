"""The Django app of accounts."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Public schema and tenants: a user of one does not exist in another."""

    name = "tenants.accounts"
    label = "accounts"
    verbose_name = _("Comptes")

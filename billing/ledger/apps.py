"""Django application of the subject ledger."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LedgerConfig(AppConfig):
    name = "billing.ledger"
    label = "ledger"
    verbose_name = _("Comptabilité")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the ledger's own checks."""
        from billing.ledger.verification import (
            check_balances,
            check_chart,
            check_entries,
            register_check,
        )

        register_check("ledger.entries", check_entries)
        register_check("ledger.balances", check_balances)
        register_check("ledger.chart", check_chart)

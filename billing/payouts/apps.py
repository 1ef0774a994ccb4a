"""Django application of the subject payouts."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PayoutsConfig(AppConfig):
    name = "billing.payouts"
    label = "payouts"
    verbose_name = _("Versements")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks of payouts with the ledger."""
        from billing.ledger.verification import register_check, register_outside_check
        from billing.payments import bearers
        from billing.payouts.disputes import owe_for_dispute
        from billing.payouts.verification import (
            check_debts,
            check_gateway_balance,
            check_legs,
            check_releases,
            check_returns,
        )

        bearers.register(owe_for_dispute)
        register_check("payouts.releases", check_releases)
        register_check("payouts.legs", check_legs)
        register_check("payouts.debts", check_debts)
        register_check("payouts.returns", check_returns)
        register_outside_check("payouts.gateway", check_gateway_balance)

"""The Django app of co-funding."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FundingConfig(AppConfig):
    """Tables in tenants only."""

    name = "billing.funding"
    label = "funding"
    verbose_name = _("Dispositifs d’aide")

    def ready(self) -> None:
        """Keep the aid of charges, and check it with the ledger."""
        from billing.charges import cofunding as of_charges
        from billing.funding import settlement
        from billing.funding.verification import check_budgets, check_funders, check_parts
        from billing.ledger.verification import register_check
        from billing.payouts import cofunding as of_payouts

        of_charges.register(settlement)
        of_payouts.register(settlement.give_back)
        of_payouts.register_consume(settlement.consume)
        of_payouts.register_given_back(settlement.given_back)
        register_check("funding.budgets", check_budgets)
        register_check("funding.parts", check_parts)
        register_check("funding.funders", check_funders)

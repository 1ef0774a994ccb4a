"""Django application of the subject charges."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChargesConfig(AppConfig):
    name = "billing.charges"
    label = "charges"
    verbose_name = _("Sommes dues")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks of charges with the ledger."""
        from billing.charges.verification import (
            check_held,
            check_instalments,
            check_refunded,
            check_returns,
            check_sums,
        )
        from billing.ledger.verification import register_check

        register_check("charges.sums", check_sums)
        register_check("charges.held", check_held)
        register_check("charges.refunded", check_refunded)
        register_check("charges.returns", check_returns)
        register_check("charges.instalments", check_instalments)

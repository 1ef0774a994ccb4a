"""Django application of the subject payments."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "billing.payments"
    label = "payments"
    verbose_name = _("Paiements")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the checks of payments with the ledger."""
        from billing.ledger.verification import register_check
        from billing.payments import verification

        register_check("payments.receipts", verification.check_receipts)
        register_check("payments.fees", verification.check_fees)
        register_check("payments.refunds_requested", verification.check_refunds_requested)
        register_check("payments.refunds_done", verification.check_refunds_done)
        register_check("payments.refunds_found", verification.check_refunds_found)
        register_check("payments.disputes", verification.check_disputes)

"""Django application of the subject VAT reviews."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VatReviewsConfig(AppConfig):
    """Tables in tenants only."""

    name = "billing.vat_reviews"
    label = "vat_reviews"
    verbose_name = _("TVA à confirmer")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Check confirmed reviews with the ledger."""
        from billing.ledger.verification import register_check
        from billing.vat_reviews.verification import check_reviews

        register_check("vat_reviews.restated", check_reviews)

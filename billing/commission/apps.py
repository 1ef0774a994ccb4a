"""Django application of the subject commission."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CommissionConfig(AppConfig):
    name = "billing.commission"
    label = "commission"
    verbose_name = _("Commissions")
    default_auto_field = "django.db.models.BigAutoField"

"""Django application of the subject charges."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChargesConfig(AppConfig):
    name = "billing.charges"
    label = "charges"
    verbose_name = _("Sommes dues")
    default_auto_field = "django.db.models.BigAutoField"

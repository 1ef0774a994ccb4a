"""The sandbox server's only Django application; it is never installed in the product itself."""

from django.apps import AppConfig


class SandboxConfig(AppConfig):
    name = "billing.sandbox"
    label = "sandbox"
    default_auto_field = "django.db.models.BigAutoField"

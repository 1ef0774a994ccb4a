"""The Django app of provisioning: commands, no tables."""

from __future__ import annotations

from django.apps import AppConfig


class ProvisioningConfig(AppConfig):
    """Commands `migrate_tenants` and `doctor_tenants`."""

    name = "tenants.provisioning"
    label = "provisioning"

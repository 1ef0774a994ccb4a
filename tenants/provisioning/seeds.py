"""The rows a new tenant starts with: each app may bring a module `seeds` with `seed_tenant(tenant)`."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.apps import apps

from tenants.directory.models import Tenant


def seed_tenant(tenant: Tenant) -> None:
    """Let every app that has a `seeds` module write its first rows, in the order of the apps.

    Runs inside the tenant and may be repeated: each app's function is idempotent.
    """
    for config in apps.get_app_configs():
        if config.name != "tenants.provisioning" and find_spec(f"{config.name}.seeds"):
            import_module(f"{config.name}.seeds").seed_tenant(tenant)

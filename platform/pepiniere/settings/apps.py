"""Which apps exist and in which kind of schema their tables live: one app a line (docs/decisions/0007)."""

from __future__ import annotations

import os

# Tables in the public schema only.
PUBLIC_APPS = [
    "unfold.apps.BasicAppConfig",
    "pepiniere.back_office.apps.BackOfficeConfig",
    "tenants.directory",
    "tenants.reference",
]

# Tables in the public schema and in every tenant: the platform site has users, sessions and tasks of its own.
BOTH = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "tenants.accounts",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "kernel.outbox",
]

# Tables in tenants only.
TENANT_ONLY = [
    "tenants.parties",
    "tenants.calendar",
    "billing.ledger",
    "billing.commission",
    "billing.charges",
    "billing.payments",
    "billing.payouts",
    "billing.funding",
    "billing.invoicing",
    "services.catalogue",
    "services.orders",
    "services.fulfilment",
]

# No tables: commands, templates, template tags, static files.
NO_TABLES = [
    "pepiniere",
    "kernel.web",
    "kernel.api",
    "tenants.provisioning",
    "pepiniere.demonstration",
    "django_tenants",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",
    "django_filters",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]


LEFT_OUT = tuple(os.environ.get("PEPINIERE_WITHOUT", "-").split(","))


def _present(apps: list[str]) -> list[str]:
    from pepiniere.settings.environment import ROOT

    ours = ("kernel", "tenants", "billing", "services", "pepiniere")

    def exists(app: str) -> bool:
        parts = app.split(".")
        if parts[0] not in ours:
            return True
        return any((base.joinpath(*parts[:2]) / "apps.py").exists() for base in (ROOT, ROOT / "platform"))

    return [app for app in apps if exists(app) and not app.startswith(LEFT_OUT)]


# While the house is being built an app counts from the moment its apps.py exists.
PUBLIC_APPS, BOTH, TENANT_ONLY, NO_TABLES = map(_present, (PUBLIC_APPS, BOTH, TENANT_ONLY, NO_TABLES))

SHARED_APPS = [*PUBLIC_APPS, *BOTH, *NO_TABLES]
TENANT_APPS = [*BOTH, *TENANT_ONLY]
INSTALLED_APPS = [*SHARED_APPS, *TENANT_ONLY]

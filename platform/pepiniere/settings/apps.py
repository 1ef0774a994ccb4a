"""Which apps exist and in which kind of schema their tables live: one app a line (docs/decisions/0007)."""

from __future__ import annotations

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
    "billing.vat_reviews",
    "billing.payments",
    "billing.payouts",
    "billing.funding",
    "billing.invoicing",
    "billing.claims",
    "services.catalogue",
    "services.orders",
    "services.fulfilment",
]

# No tables: commands, templates, template tags, static files.
NO_TABLES = [
    "pepiniere",
    "kernel.web",
    "tenants.provisioning",
    "pepiniere.demonstration",
    "django_tenants",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.forms",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
]

SHARED_APPS = [*PUBLIC_APPS, *BOTH, *NO_TABLES]
TENANT_APPS = [*BOTH, *TENANT_ONLY]
INSTALLED_APPS = [*SHARED_APPS, *TENANT_ONLY]

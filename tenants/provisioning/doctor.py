"""Looks for what is wrong with the schemas: missing tables, strayed tables, missing migrations."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.db import connection

from tenants.directory.models import Tenant
from tenants.provisioning.catalogue import tables_of
from tenants.provisioning.differences import PUBLIC, missing_in_public, missing_in_tenants

MIGRATIONS_TABLE = "django_migrations"


def tables_of_apps(names: list[str]) -> set[str]:
    """The tables of the installed apps that ``names`` (entries of INSTALLED_APPS) stand for."""
    chosen = set(names)
    tables = set()
    for config in apps.get_app_configs():
        entry = f"{type(config).__module__}.{type(config).__qualname__}"
        if config.name in chosen or entry in chosen:
            models = config.get_models(include_auto_created=True)
            tables |= {model._meta.db_table for model in models if model._meta.managed}  # noqa: SLF001
    return tables


def tables_in_both() -> set[str]:
    """The only tables that the public schema and a tenant may both have."""
    return tables_of_apps(settings.BOTH) | {MIGRATIONS_TABLE}


def examine() -> list[str]:
    """A line for each finding; an empty list when all is well. Reads only."""
    connection.set_schema_to_public()
    findings = [f"public lacks migrations: {_names(missing)}" for missing in [missing_in_public()] if missing]
    findings += [f"{schema} lacks migrations: {_names(m)}" for schema, m in missing_in_tenants().items()]
    operating = list(Tenant.objects.operating().values_list("schema_name", flat=True))
    found = tables_of([PUBLIC, *operating])
    expected_public = tables_of_apps(settings.SHARED_APPS) | {MIGRATIONS_TABLE}
    expected_tenant = tables_of_apps(settings.TENANT_APPS) | {MIGRATIONS_TABLE}
    findings += _table_findings(PUBLIC, found[PUBLIC], expected_public)
    for schema in operating:
        findings += _table_findings(schema, found[schema], expected_tenant)
        # A tenant's table that the public schema has too would be read there, silently, if it went missing.
        strayed = (found[schema] & found[PUBLIC]) - tables_in_both()
        findings += [f"{schema} and public both have {table}" for table in sorted(strayed)]
    unfinished = Tenant.objects.exclude(pk__in=Tenant.objects.operating().values("pk"))
    findings += [f"{tenant.schema_name} is {tenant.state}: {tenant.failure}" for tenant in unfinished]
    return findings


def _table_findings(schema: str, found: set[str], expected: set[str]) -> list[str]:
    missing = [f"{schema} lacks the table {table}" for table in sorted(expected - found)]
    return missing + [f"{schema} has an unknown table {table}" for table in sorted(found - expected)]


def _names(migrations: frozenset[tuple[str, str]]) -> str:
    return ", ".join(f"{app}.{name}" for app, name in sorted(migrations))

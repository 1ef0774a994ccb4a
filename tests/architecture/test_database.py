"""What the migrations make is what the models say, and what a shared or sharded schema bears."""

from __future__ import annotations

from io import StringIO

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, models

from tenants.provisioning.doctor import tables_in_both, tables_of_apps

OURS = ("kernel", "tenants", "billing", "services", "pepiniere")
# docs/decisions/0007 names three rules; each may take several triggers, all in these subjects.
TRIGGER_TABLES = {
    "ledger_journalentry": {"balance", "append_only"},
    "ledger_posting": {"balance", "append_only"},
    "invoicing_invoice": {"frozen"},
    "invoicing_invoicedocument": {"frozen"},
}


def our_models() -> list[type[models.Model]]:
    """Every model of the product."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model.__module__.split(".")[0] in OURS
    ]


def test_migrations_are_complete(db):
    output = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=output, stderr=output)
    except SystemExit:
        pytest.fail(output.getvalue())


def test_no_unnamed_check():
    """A sharded schema refuses the unnamed check that these fields bring."""
    unnamed = (models.PositiveIntegerField, models.PositiveBigIntegerField, models.PositiveSmallIntegerField)
    found = [
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        for field in model._meta.local_fields
        if isinstance(field, unnamed)
    ]
    assert found == []


def test_no_reference_leaves_a_tenant():
    """A schema can be dumped, restored and moved alone."""
    public_only = tables_of_apps(settings.PUBLIC_APPS)
    tenants = tables_of_apps(settings.TENANT_APPS)
    found = [
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        if model._meta.db_table in tenants
        for field in model._meta.local_fields
        if field.remote_field and field.related_model._meta.db_table in public_only
    ]
    assert found == []


def test_references_go_down_only():
    floors = ("kernel", "tenants", "billing", "services", "pepiniere")
    found = [
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        for field in model._meta.local_fields
        if field.remote_field and field.related_model.__module__.split(".")[0] in floors
        if floors.index(field.related_model.__module__.split(".")[0])
        > floors.index(model.__module__.split(".")[0])
    ]
    assert found == []


def test_the_tables_of_both_kinds_of_schemas_are_the_declared_ones(tenant):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' INTERSECT "
            "SELECT tablename FROM pg_tables WHERE schemaname = %s",
            [tenant.schema_name],
        )
        found = {table for (table,) in cursor.fetchall()}
    assert found == tables_in_both()
    families = {table.split("_")[0] for table in found}
    assert families == {"account", "accounts", "auth", "django", "mfa", "outbox"}


def test_no_trigger_but_the_declared_ones(tenant):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.relname, t.tgname FROM pg_trigger t JOIN pg_class r ON r.oid = t.tgrelid "
            "WHERE NOT t.tgisinternal AND r.relnamespace IN (%s::regnamespace, 'public'::regnamespace)",
            [tenant.schema_name],
        )
        triggers = cursor.fetchall()
    strange = [
        f"{table}.{trigger}"
        for table, trigger in triggers
        if not any(rule in trigger for rule in TRIGGER_TABLES.get(table, ()))
    ]
    assert strange == []
    assert {table for table, _ in triggers} == set(TRIGGER_TABLES)


def test_money_is_whole_cents():
    wrong = [
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        for field in model._meta.local_fields
        if field.name.endswith("_cents") and not isinstance(field, models.IntegerField)
    ]
    floats = [
        f"{model._meta.label}.{field.name}"
        for model in our_models()
        for field in model._meta.local_fields
        if isinstance(field, models.FloatField)
    ]
    assert wrong == []
    assert floats == []


def test_every_constraint_has_a_name_of_its_own():
    names = [constraint.name for model in our_models() for constraint in model._meta.constraints]
    assert all(names)
    assert len(names) == len(set(names))

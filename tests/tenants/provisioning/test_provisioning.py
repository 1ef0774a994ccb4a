"""A tenant made from the template is the same as one made by migrating, and a failure can be tried again."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection
from django_tenants.utils import schema_context

from tenants.directory.models import Tenant
from tenants.provisioning import operations
from tenants.provisioning.catalogue import compare, describe_schema
from tenants.provisioning.errors import ProvisioningFailed
from tenants.provisioning.operations import discard_tenant, make_ready, register_tenant
from tenants.provisioning.template import clean_dump, schema_sql, stored_template

pytestmark = pytest.mark.committing


def schema_exists(name: str) -> bool:
    """Whether PostgreSQL knows the schema."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", [name])
        return cursor.fetchone() is not None


def rows(schema: str, table: str, columns: str) -> list[tuple[object, ...]]:
    """The rows of a table in a schema, in the order of their values."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {columns} FROM "{schema}"."{table}" ORDER BY {columns}')
        return list(cursor.fetchall())


def test_a_provisioned_schema_equals_a_migrated_one(registered):
    provisioned, migrated = registered(), registered()
    make_ready(tenant_id=provisioned.pk)
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA "{migrated.schema_name}"')
    call_command("migrate_schemas", schema_name=migrated.schema_name, interactive=False, verbosity=0)
    connection.set_schema_to_public()
    one, other = describe_schema(provisioned.schema_name), describe_schema(migrated.schema_name)
    # Seeds advance sequences in the provisioned one only.
    for described in (one, other):
        described["sequences"] = {
            name: " ".join(definition.split()[:5]) for name, definition in described["sequences"].items()
        }
    assert compare(one, other) == []
    assert len(one["columns"]) > 30
    assert all(one[kind] for kind in ("constraints", "indexes", "sequences", "relations"))
    for table, columns in (
        ("django_migrations", "app, name"),
        ("django_content_type", "id, app_label, model"),
        ("auth_permission", "id, content_type_id, codename"),
    ):
        assert rows(provisioned.schema_name, table, columns) == rows(migrated.schema_name, table, columns)


def test_the_comparison_notices_differences(registered):
    one, other = registered(), registered()
    for tenant in (one, other):
        make_ready(tenant_id=tenant.pk)
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{other.schema_name}".django_session ALTER session_key TYPE varchar(41)')
        cursor.execute(f'DROP INDEX "{other.schema_name}".django_session_expire_date_a5c62663')
        cursor.execute(f'CREATE TABLE "{other.schema_name}".strayed (n int CHECK (n > 0))')
    lines = compare(describe_schema(one.schema_name), describe_schema(other.schema_name))
    assert any(line.startswith("columns django_session.session_key: character varying(40)") for line in lines)
    assert any(line.startswith("indexes django_session_expire_date") for line in lines)
    assert any(line.startswith("relations strayed: missing") for line in lines)


def test_sequences_go_on_after_the_rows_of_the_template(registered):
    tenant = make_ready(tenant_id=registered().pk)
    from django.contrib.contenttypes.models import ContentType

    with schema_context(tenant.schema_name):
        highest = ContentType.objects.order_by("-pk").values_list("pk", flat=True).first()
        made = ContentType.objects.create(app_label="trial", model="trial")
        assert made.pk > highest


def test_making_ready_twice_changes_nothing(registered):
    tenant = make_ready(tenant_id=registered().pk)
    before = rows(tenant.schema_name, "django_migrations", "id, applied")
    assert make_ready(tenant_id=tenant.pk).state == "ready"
    assert rows(tenant.schema_name, "django_migrations", "id, applied") == before


def test_a_failure_is_kept_and_can_be_tried_again(registered):
    tenant = registered()
    # What an interrupted attempt left is still held by somebody.
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA "{tenant.schema_name}"')
        cursor.execute(f'CREATE TABLE "{tenant.schema_name}".half_made (n int)')
        cursor.execute("SET lock_timeout = '200ms'")
    other = connection.copy()
    other.set_schema_to_public()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(f'LOCK TABLE "{tenant.schema_name}".half_made IN ACCESS SHARE MODE')
        with pytest.raises(ProvisioningFailed):
            make_ready(tenant_id=tenant.pk)
        tenant.refresh_from_db()
        assert tenant.state == "failed"
        assert "lock timeout" in tenant.failure
    finally:
        other.close()
        with connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")
    assert make_ready(tenant_id=tenant.pk).state == "ready"
    tenant.refresh_from_db()
    assert tenant.failure == ""
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass(%s)", [f"{tenant.schema_name}.half_made"])
        assert cursor.fetchone() == (None,)


@pytest.mark.parametrize(
    "wrong",
    [{"host": "Trial.localhost:80"}, {"number_code": ""}, {"time_zone": "Mars/Olympus"}, {"slug": "a" * 50}],
)
def test_a_wrong_value_leaves_no_tenant(open_database, wrong):
    values = {"slug": "wrong", "name": "Essai", "host": "wrong.localhost", "number_code": "WRNG", **wrong}
    with pytest.raises(ValidationError):
        register_tenant(**values)
    assert not Tenant.objects.filter(name="Essai", slug__in=["wrong", "a" * 50]).exists()


def test_a_discarded_tenant_is_gone(registered):
    tenant = make_ready(tenant_id=registered().pk)
    assert schema_exists(tenant.schema_name)
    discard_tenant(tenant=tenant)
    assert not schema_exists(tenant.schema_name)
    assert not Tenant.objects.filter(pk=tenant.pk).exists()


def test_the_template_leaves_no_schema_and_no_name_behind(open_database):
    template = stored_template()
    with connection.cursor() as cursor:
        cursor.execute("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'template\\_%%'")
        assert cursor.fetchall() == []
    replayed = schema_sql(template, "t_other")
    assert re.search("template_[0-9a-f]{32}", replayed) is None
    assert "CREATE SCHEMA t_other;" in replayed


def test_a_dump_is_cleaned_of_what_speaks_to_psql_and_to_the_session():
    dump = (
        "--\n-- PostgreSQL database dump\n--\n\\restrict abc\nSET statement_timeout = 0;\n"
        "SET transaction_timeout = 0;\nSELECT pg_catalog.set_config('search_path', '', false);\n"
        "CREATE SCHEMA x;\nCREATE FUNCTION x.f() RETURNS trigger LANGUAGE plpgsql AS $$\n"
        "-- kept\nBEGIN\n  RETURN NULL;\nEND $$;\nSET default_table_access_method = heap;\n\\unrestrict abc\n"
    )
    assert clean_dump(dump) == (
        "--\n-- PostgreSQL database dump\n--\nCREATE SCHEMA x;\n"
        "CREATE FUNCTION x.f() RETURNS trigger LANGUAGE plpgsql AS $$\n"
        "-- kept\nBEGIN\n  RETURN NULL;\nEND $$;\n"
    )


def test_provisioning_at_once_is_registering_and_making_ready(open_database):
    tenant = operations.provision_tenant(
        slug="at-once", name="Essai", host="at-once.localhost", number_code="ATON", kind="incubator"
    )
    try:
        assert (tenant.state, tenant.kind, tenant.schema_name) == ("ready", "incubator", "t_at_once")
        assert tenant.get_primary_domain().domain == "at-once.localhost"
    finally:
        discard_tenant(tenant=tenant)

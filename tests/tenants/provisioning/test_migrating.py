"""All schemas are compared in one statement, and only those that differ are touched."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from tenants.provisioning.differences import missing_in_public, missing_in_tenants
from tenants.provisioning.doctor import examine, tables_in_both
from tenants.provisioning.migrating import migrate_tenants
from tenants.provisioning.operations import make_ready

pytestmark = pytest.mark.committing


def forget_migration(schema: str, app: str) -> None:
    """Let a schema look as if it were older than the code."""
    with connection.cursor() as cursor:
        cursor.execute(f'DELETE FROM "{schema}".django_migrations WHERE app = %s', [app])
        cursor.execute(f'DROP TABLE "{schema}".django_session')


def test_nothing_to_do_asks_two_statements_of_the_tenants(registered, django_assert_max_num_queries):
    for _ in range(3):
        make_ready(tenant_id=registered().pk)
    connection.ensure_connection()
    # The list of tenants, who of them records migrations, and all their records at once.
    with django_assert_max_num_queries(3):
        assert missing_in_tenants() == {}
    output = StringIO()
    call_command("migrate_tenants", stdout=output)
    assert output.getvalue() == "All schemas are up to date.\n"


def test_only_the_tenant_that_differs_is_touched(registered):
    _same, other = (make_ready(tenant_id=registered().pk) for _ in range(2))
    forget_migration(other.schema_name, "sessions")
    assert missing_in_tenants() == {other.schema_name: {("sessions", "0001_initial")}}
    assert any("sessions.0001_initial" in finding for finding in examine())
    assert migrate_tenants() == [other.schema_name]
    assert missing_in_tenants() == {}
    assert migrate_tenants() == []


def test_the_ordinary_migrate_command_does_the_same(registered):
    tenant = make_ready(tenant_id=registered().pk)
    forget_migration(tenant.schema_name, "sessions")
    call_command("migrate", verbosity=0)
    assert missing_in_tenants() == {}


def test_a_tenant_without_a_schema_is_found_missing_everything(registered):
    tenant = registered()
    type(tenant).objects.filter(pk=tenant.pk).update(state="ready")
    assert len(missing_in_tenants()[tenant.schema_name]) > 10


def test_the_public_schema_is_complete(open_database):
    assert missing_in_public() == frozenset()


def test_the_doctor_finds_missing_and_strayed_tables(registered):
    tenant = make_ready(tenant_id=registered().pk)
    waiting = registered()
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TABLE "{tenant.schema_name}".django_session')
        cursor.execute(f'CREATE TABLE "{tenant.schema_name}".directory_tenant (n int)')
    findings = examine()
    assert f"{tenant.schema_name} lacks the table django_session" in findings
    assert f"{tenant.schema_name} and public both have directory_tenant" in findings
    assert f"{tenant.schema_name} has an unknown table directory_tenant" in findings
    assert f"{waiting.schema_name} is provisioning: " in findings
    with pytest.raises(CommandError):
        call_command("doctor_tenants", stdout=StringIO())


def test_the_doctor_finds_nothing_in_sound_schemas(registered):
    make_ready(tenant_id=registered().pk)
    output = StringIO()
    call_command("doctor_tenants", stdout=output)
    assert output.getvalue() == "All schemas are sound.\n"


def test_both_kinds_of_schemas_share_only_the_tables_of_the_decision(open_database):
    families = {table.split("_")[0] for table in tables_in_both()}
    assert families <= {"accounts", "account", "auth", "django", "mfa", "outbox"}

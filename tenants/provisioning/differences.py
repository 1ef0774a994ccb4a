"""Which schemas lack migrations of this code: two statements, however many tenants there are."""

from __future__ import annotations

from django.db import connection
from django_tenants.utils import quote_schema_name

from tenants.directory.models import Tenant
from tenants.provisioning.migration_files import Migration, expected_migrations

PUBLIC = "public"


def missing_in_public() -> frozenset[Migration]:
    """What the public schema lacks."""
    return missing_migrations([PUBLIC]).get(PUBLIC, frozenset())


def missing_in_tenants() -> dict[str, frozenset[Migration]]:
    """What each differing tenant lacks, by schema name. The tenant's work must be going on."""
    return missing_migrations(
        list(Tenant.objects.operating().order_by("schema_name").values_list("schema_name", flat=True))
    )


def missing_migrations(schemas: list[str]) -> dict[str, frozenset[Migration]]:
    """For those of ``schemas`` that lack migrations, which ones. Schemas must be plain names."""
    with connection.cursor() as cursor:
        recorded = {schema: frozenset[Migration]() for schema in schemas}
        cursor.execute(
            "SELECT schemaname FROM pg_tables WHERE tablename = 'django_migrations' AND schemaname = ANY(%s)",
            [schemas],
        )
        recording = [schema for (schema,) in cursor.fetchall()]
        if recording:
            cursor.execute(
                " UNION ALL ".join(
                    f"SELECT {number}, array_agg(ARRAY[app, name]) "  # noqa: S608 - number, quoted name
                    f"FROM {quote_schema_name(schema)}.django_migrations"
                    for number, schema in enumerate(recording)
                )
            )
            for number, rows in cursor.fetchall():
                recorded[recording[number]] = frozenset((app, name) for app, name in rows or ())
    expected = expected_migrations()
    return {schema: expected - applied for schema, applied in recorded.items() if expected - applied}

"""Brings all schemas to the migrations of this code, touching only those that differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection

from tenants.provisioning.differences import PUBLIC, missing_in_public, missing_in_tenants
from tenants.provisioning.errors import SchemasDiffer

# One number for the whole database: two deployments must not migrate at once.
_LOCK_KEY = 0x7E4A_0001


def migrate_tenants(*, say: Callable[[str], object] = lambda line: None, verbosity: int = 0) -> list[str]:
    """Migrate the public schema, then the tenants that differ; the names of the schemas touched.

    Asks two statements of the tenants when nothing differs. Interrupted, it goes on where it was when
    called again. Raises SchemasDiffer when a schema still lacks something afterwards.
    """
    touched: list[str] = []
    connection.set_schema_to_public()
    if missing_in_public():
        with _alone():
            if missing_in_public():
                say("public")
                _migrate(PUBLIC, verbosity)
                touched.append(PUBLIC)
    differing = missing_in_tenants()
    if differing:
        with _alone():
            # Another deployment may have done it while we waited.
            differing = missing_in_tenants()
            for number, schema in enumerate(differing, start=1):
                say(f"{schema} ({number}/{len(differing)})")
                _migrate(schema, verbosity)
                touched.append(schema)
    if touched:
        _check(missing_in_public(), missing_in_tenants())
    return touched


def _migrate(schema: str, verbosity: int) -> None:
    call_command("migrate_schemas", schema_name=schema, interactive=False, verbosity=verbosity)
    connection.set_schema_to_public()


def _check(public: frozenset[tuple[str, str]], tenants: dict[str, frozenset[tuple[str, str]]]) -> None:
    left = ([PUBLIC] if public else []) + list(tenants)
    if left:
        raise SchemasDiffer(f"still differing: {', '.join(left)}")


@contextmanager
def _alone() -> Iterator[None]:
    # On a connection of its own: migrating closes the one of this process.
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK_KEY])
        yield
    finally:
        other.close()

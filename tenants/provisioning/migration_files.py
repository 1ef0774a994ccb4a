"""The migrations of this code as files: their names, and a fingerprint of their content."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import django
from django.apps import apps
from django.conf import settings

Migration = tuple[str, str]


@cache
def expected_migrations() -> frozenset[Migration]:
    """App label and name of every migration that each schema records as applied.

    All of them, in every schema: those of apps without tables there are recorded without effect.
    """
    return frozenset((label, path.stem) for label, path in _files())


@cache
def migrations_fingerprint() -> str:
    """A hexadecimal digest that changes when a migration, the list of apps or Django changes."""
    digest = hashlib.sha256(f"{django.__version__} {settings.TENANT_APPS}".encode())
    for label, path in _files():
        digest.update(f"\n{label}.{path.stem}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _files() -> list[tuple[str, Path]]:
    # Listing is enough and far cheaper than importing them, which a command without work should not pay.
    found = []
    for config in apps.get_app_configs():
        spec = find_spec(f"{config.name}.migrations")
        for folder in (spec.submodule_search_locations or []) if spec else []:
            found += [
                (config.label, path) for path in sorted(Path(folder).glob("*.py")) if path.stem[0] not in "_~"
            ]
    return found

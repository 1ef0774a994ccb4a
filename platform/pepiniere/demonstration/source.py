"""The demonstration's data files, read once per process."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).resolve().parent / "data"

Row = dict[str, Any]
# Between two letters: names of keys, codes and addresses have none there.
_STRAIGHT = re.compile(r"(?<=\w)'(?=\w)")


@cache
def _read(name: str) -> Row:
    content: Row = _typeset(json.loads((DATA / name).read_text(encoding="utf-8")))
    return content


def _typeset(value: Any) -> Any:
    """The files are typed with straight apostrophes; people read typographic ones."""
    if isinstance(value, str):
        return _STRAIGHT.sub("’", value)
    if isinstance(value, list):
        return [_typeset(each) for each in value]
    if isinstance(value, dict):
        return {key: _typeset(each) for key, each in value.items()}
    return value


def tenant_rows() -> list[Row]:
    """The three spaces with brand, operator, rules, programmes, calendar and providers."""
    return list(_read("tenants.json")["tenants"])


def provider_row(slug: str) -> Row:
    """One fictitious provider. Raises KeyError."""
    return {row["slug"]: row for row in _read("providers.json")["providers"]}[slug]


def category_rows() -> list[Row]:
    """The rubrics, each with its children."""
    return list(_read("catalogue.json")["categories"])


def service_rows() -> dict[str, Row]:
    """The ready-made services by slug."""
    return {row["slug"]: row for row in _read("catalogue.json")["services"]}


def people_of(tenant_slug: str) -> Row:
    """Number code, staff and businesses of a space. Raises KeyError."""
    people: Row = _read("people.json")["tenants"][tenant_slug]
    return people


def provider_owner(slug: str) -> str:
    """Full name of the person who holds a provider. Raises KeyError."""
    name: str = _read("people.json")["provider_owners"][slug]
    return name


def platform_owner() -> Row:
    """The person who runs the platform."""
    person: Row = _read("people.json")["platform"]
    return person


def data_digest() -> str:
    """One digest of all data files."""
    total = hashlib.sha256()
    for path in sorted(DATA.iterdir()):
        total.update(path.name.encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()

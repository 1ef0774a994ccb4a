"""Plausible answers to a service's questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

_SAID: dict[str, Any] = {
    "text": "Savon au miel",
    "long_text": (
        "Nous vendons à l’atelier et sur les marchés ; nous voulons être trouvés en ligne avant le printemps."
    ),
    "number": "4",
    "url": "https://exemple.example/",
    "address": {"street": "8 quai de l’Exemple", "street_2": "", "postal_code": "79000", "town": "Niort"},
}


def answers_to(fields: Iterable[Mapping[str, Any]], *, on: date) -> dict[str, Any] | None:
    """An answer to each question that wants one; None where a file is required."""
    given: dict[str, Any] = {}
    for field in fields:
        kind = field["type"]
        if kind == "file":
            if field["required"]:
                return None
        elif kind == "choice":
            given[field["key"]] = field["choices"][0]["value"]
        elif kind == "multi_choice":
            given[field["key"]] = [choice["value"] for choice in field["choices"][:2]]
        elif kind == "date":
            given[field["key"]] = (on + timedelta(days=45)).isoformat()
        else:
            given[field["key"]] = _SAID[kind]
    return given

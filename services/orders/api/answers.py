"""Answers of programs to the providers' questions, checked by the very forms that people fill in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from services.orders.web.forms import QuestionForm

FILE = _("Un fichier ne se joint pas par l’API : répondez sur la page de la commande.")
UNKNOWN = _("Cette question n’existe pas pour ce service.")


def checked_answers(fields: Iterable[Mapping[str, Any]], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers as they are kept, by key; those not given are left out for the order to ask for.

    A number is a JSON number or a string with a point. Raises ValidationError by key.
    """
    known = {field["key"]: field for field in fields}
    kept: dict[str, Any] = {}
    refused: dict[str, Any] = {key: [UNKNOWN] for key in answers if key not in known}
    for key, given in answers.items():
        if key not in known or given in (None, "", [], {}):
            continue
        if known[key]["type"] == "file":
            refused[key] = [FILE]
            continue
        form = QuestionForm(known[key], _as_posted(known[key]["type"], given))
        if form.is_valid():
            kept[key] = form.answer
        else:
            refused[key] = [sentence for sentences in form.errors.values() for sentence in sentences]
    if refused:
        raise serializers.ValidationError({"answers": refused})
    return kept


def _as_posted(kind: str, given: Any) -> MultiValueDict[str, Any]:
    """What a browser would have sent."""
    if kind == "address":
        parts = given if isinstance(given, dict) else {}
        return MultiValueDict({str(name): [_text(part)] for name, part in parts.items()})
    values = given if isinstance(given, list) else [given]
    return MultiValueDict({"answer": [_text(value) for value in values]})


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if isinstance(value, dict | list) else str(value)

"""Answers to a service's questions: what is still missing, what still fits, how an answer reads."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import get_language

from kernel.web.formats import format_day, format_number
from services.catalogue.intake import asked_fields

Field = Mapping[str, Any]


def fields_of(offer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The questions that an offer asks after the answers given, none when the service asks nothing."""
    form = offer.get("intake")
    return asked_fields(form["fields"], offer.get("answers", {})) if form else []


def missing_fields(offer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Required questions without an answer."""
    answers = offer.get("answers", {})
    return [field for field in fields_of(offer) if field.get("required") and not answers.get(field["key"])]


def accepted_answers(fields: Iterable[Field], answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers to the questions that are asked now; a choice that is gone is asked again."""
    kept: dict[str, Any] = {}
    fields = list(fields)
    for field in fields:
        answer = answers.get(field["key"])
        if answer in (None, "", [], {}):
            continue
        known = {choice["value"] for choice in field.get("choices", ())}
        if field["type"] == "choice" and answer not in known:
            continue
        if field["type"] == "multi_choice" and not set(answer) <= known:
            continue
        kept[field["key"]] = answer
    asked = {field["key"] for field in asked_fields(fields, kept)}
    return {key: answer for key, answer in kept.items() if key in asked}


def shown_answers(offer: Mapping[str, Any]) -> list[dict[str, str]]:
    """Key, question and answer in words of all questions of an offer, in their order."""
    answers = offer.get("answers", {})
    return [
        {
            "key": field["key"],
            "label": shown_label(field),
            "answer": shown_answer(field, answers.get(field["key"])),
        }
        for field in fields_of(offer)
    ]


def shown_label(field: Field) -> str:
    """The question in the active language."""
    return str((get_language() == "en" and field.get("label_en")) or field["label"])


def shown_choices(field: Field) -> list[tuple[str, str]]:
    """Values and labels of a choice in the active language."""
    return [(choice["value"], shown_label(choice)) for choice in field.get("choices", ())]


def shown_answer(field: Field, answer: Any) -> str:
    """An answer in words; empty when there is none. A file reads as its name."""
    if answer in (None, "", [], {}):
        return ""
    kind = field["type"]
    if kind in ("choice", "multi_choice"):
        words = dict(shown_choices(field))
        chosen = answer if isinstance(answer, list) else [answer]
        return ", ".join(words.get(value, str(value)) for value in chosen)
    if kind == "address":
        town = f"{answer.get('postal_code', '')} {answer.get('town', '')}".strip()
        return ", ".join(part for part in (answer.get("street"), answer.get("street_2"), town) if part)
    if kind == "file":
        return str(answer.get("name", ""))
    if kind == "date":
        on: datetime.date | None = parse_date(str(answer))
        return format_day(on) if on else str(answer)
    if kind == "number":
        try:
            return format_number(Decimal(str(answer)))
        except InvalidOperation:
            return str(answer)
    return str(answer)

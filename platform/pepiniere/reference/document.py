"""The OpenAPI document as operations and shapes that a page can list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.utils import translation
from drf_spectacular.generators import SchemaGenerator

_REF = "#/components/schemas/"


@dataclass(frozen=True)
class Shown:
    """A type in words: ``name`` is that of a shape that the page describes, when it is one."""

    words: str
    name: str = ""


@dataclass(frozen=True)
class Field:
    """A field of a shape, or a parameter of an operation (``place``: path, query, header)."""

    name: str
    type: Shown
    required: bool
    description: str
    place: str = ""


@dataclass(frozen=True)
class Answer:
    """What an operation answers when all is well."""

    status: str
    type: Shown


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    identifier: str
    method: str
    path: str
    description: str
    parameters: list[Field]
    request: Shown | None
    answers: list[Answer]
    is_open: bool
    writes: bool


@dataclass(frozen=True)
class Shape:
    """A named object, or a named choice of words when it has no fields."""

    name: str
    description: str
    fields: list[Field]
    words: list[str]


@dataclass(frozen=True)
class Section:
    """Operations of one kind of thing."""

    name: str
    operations: list[Operation] = field(default_factory=list)


@dataclass(frozen=True)
class Document:
    """All of it."""

    version: str
    sections: list[Section]
    shapes: list[Shape]


def openapi() -> dict[str, Any]:
    """The document as `schema/` serves it, in English."""
    with translation.override("en"):
        result: dict[str, Any] = SchemaGenerator(api_version="v1").get_schema(request=None, public=True)
    return result


@cache
def document() -> Document:
    """The document for the page; it is the same for all tenants and changes with the code only."""
    source = openapi()
    sections: dict[str, Section] = {}
    for path, methods in source["paths"].items():
        for method, operation in methods.items():
            name = path.removeprefix("/api/v1/").split("/")[0]
            sections.setdefault(name, Section(name)).operations.append(_operation(path, method, operation))
    shapes = [_shape(name, found) for name, found in sorted(source["components"]["schemas"].items())]
    return Document(source["info"]["version"], list(sections.values()), shapes)


def _operation(path: str, method: str, found: Mapping[str, Any]) -> Operation:
    bodies = found.get("requestBody", {}).get("content", {})
    return Operation(
        identifier=found["operationId"],
        method=method.upper(),
        path=path,
        description=found.get("description", ""),
        parameters=[
            Field(
                name=parameter["name"],
                type=_type(parameter["schema"]),
                required=parameter.get("required", False),
                description=parameter.get("description", ""),
                place=parameter["in"],
            )
            for parameter in found.get("parameters", [])
        ],
        request=next((_type(body["schema"]) for body in bodies.values()), None),
        answers=[
            Answer(status, _answer(answer))
            for status, answer in found["responses"].items()
            if status != "default"
        ],
        is_open={} in found.get("security", []),
        writes=method not in ("get", "head"),
    )


def _answer(answer: Mapping[str, Any]) -> Shown:
    for media_type, body in answer.get("content", {}).items():
        if media_type == "application/json":
            return _type(body["schema"])
        return Shown(media_type)
    return Shown("nothing")


def _shape(name: str, found: Mapping[str, Any]) -> Shape:
    required = set(found.get("required", ()))
    fields = [
        Field(key, _type(value), key in required, value.get("description", ""))
        for key, value in found.get("properties", {}).items()
    ]
    words = [str(word) for word in found.get("enum", ())]
    # The words of a choice come again in the description, translated: the list says enough.
    return Shape(name, "" if words else found.get("description", ""), fields, words)


def _type(found: Mapping[str, Any]) -> Shown:
    if "$ref" in found:
        name = found["$ref"].removeprefix(_REF)
        return Shown(name, name)
    for several in ("allOf", "oneOf", "anyOf"):
        if several in found:
            shown = [_type(part) for part in found[several]]
            name = next((part.name for part in shown if part.name), "")
            return Shown(" or ".join(dict.fromkeys(part.words for part in shown)), name)
    kind = found.get("type", "any value")
    kinds = [kind] if isinstance(kind, str) else list(kind)
    if "array" in kinds and "items" in found:
        inner = _type(found["items"])
        return Shown(f"list of {inner.words}", inner.name)
    if "enum" in found:
        return Shown(" | ".join(str(word) for word in found["enum"]))
    if "format" in found and "string" in kinds:
        kinds = [found["format"] if kind == "string" else kind for kind in kinds]
    return Shown(" or ".join(kinds))

"""The files of a production with containers, read as a container engine reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import yaml

from tests.architecture.source import ROOT

COMPOSE = ROOT / "docker-compose.yml"
DOCKERFILE = ROOT / "Dockerfile"
EXAMPLE = ROOT / "production.env.example"
PRODUCT_IMAGE = "pepiniere:"

_PLACE = re.compile(r"\$\{(?P<name>[A-Z_]+)(?:(?P<kind>:-|:\?)(?P<rest>[^}]*))?\}")


def schema() -> dict[str, Any]:
    """The schema of the Compose Specification, as the checker in the development requirements ships it."""
    text = files("check_jsonschema").joinpath("builtin_schemas", "vendor", "compose-spec.json").read_text()
    return dict(json.loads(text))


def composition() -> dict[str, Any]:
    """The file with its anchors merged and its variables as they are written."""
    return dict(yaml.safe_load(COMPOSE.read_text(encoding="utf-8")))


def services() -> dict[str, dict[str, Any]]:
    """Name and definition of every service."""
    return dict(composition()["services"])


def product_services() -> dict[str, dict[str, Any]]:
    """Those that run the image built from this tree."""
    return {name: each for name, each in services().items() if each["image"].startswith(PRODUCT_IMAGE)}


def variables_asked() -> dict[str, set[str]]:
    """Each variable that the file takes from outside, with how it does: `:?`, `:-` or nothing."""
    found: dict[str, set[str]] = {}
    # `$$` is a dollar for the shell inside.
    for place in _PLACE.finditer(COMPOSE.read_text(encoding="utf-8").replace("$$", "")):
        found.setdefault(place["name"], set()).add(place["kind"] or "")
    return found


def filled_in(text: str, variables: Mapping[str, str]) -> str:
    """A value as the container gets it. Raises KeyError for a required variable that is empty."""

    def value(place: re.Match[str]) -> str:
        given = variables.get(place["name"], "")
        if given or place["kind"] is None:
            return given
        if place["kind"] == ":?":
            raise KeyError(place["name"])
        return place["rest"]

    return _PLACE.sub(value, text)


def example_variables() -> dict[str, str]:
    """Name and given value of each line of the example."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    pairs = (line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return {line[0]: line[1] for line in pairs}


@dataclass(frozen=True)
class Instruction:
    """One instruction of the Dockerfile, its continued lines joined."""

    word: str
    rest: str


def instructions() -> list[Instruction]:
    """The Dockerfile in its order, without comments."""
    lines = [line for line in DOCKERFILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", "", "\n".join(lines))
    pairs = (line.split(None, 1) for line in joined.splitlines() if line.strip())
    return [Instruction(word.upper(), rest) for word, rest in pairs]

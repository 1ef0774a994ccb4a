"""The code blocks of the documentation, and the calls of curl in them."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass, field
from string import Template
from typing import Any

from tests.architecture.source import ROOT

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: str, language: str) -> list[str]:
    """The blocks of one language on a page of docs/, in their order."""
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    return [body for found, body in _BLOCK.findall(text) if found == language]


@dataclass
class Call:
    """What one curl command would send."""

    url: str
    method: str = "GET"
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None


def calls(block: str) -> list[str]:
    """The curl commands of a block, each on one line."""
    joined = block.replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.startswith("curl ")]


def understood(command: str, values: dict[str, str]) -> Call:
    """A curl command as a shell with these variables would run it. Raises KeyError for one not known."""
    # Outside of quotes the shell puts variables in as well: '…'$NAME'…'.
    words = shlex.split(Template(command).substitute(values))[1:]
    call = Call("")
    while words:
        word = words.pop(0)
        if word == "-X":
            call.method = words.pop(0)
        elif word == "-H":
            name, _colon, value = words.pop(0).partition(": ")
            call.headers[name] = value
        elif word == "-d":
            call.body = json.loads(words.pop(0))
        elif word == "-o":
            words.pop(0)
        elif word != "-sS":
            assert not word.startswith("-"), f"an option of curl that the test does not know: {word}"
            call.url = word
    return call

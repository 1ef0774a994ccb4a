"""Reads the few options of the commands and refuses what they do not know."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NoReturn

from pepiniere.command.catalogue import COMMANDS
from pepiniere.embedded.errors import USAGE, Refusal


class OptionParser(argparse.ArgumentParser):
    """An argument parser that refuses in one line instead of ending the process."""

    def __init__(self, command: str) -> None:
        super().__init__(prog=f"./pepiniere {command}", add_help=False, allow_abbrev=False)
        self._usage_line = COMMANDS[command].usage

    def error(self, message: str) -> NoReturn:
        raise Refusal(f"{message}. {self._usage_line}", USAGE)


def parse_port(command: str, arguments: Sequence[str], **defaults: object) -> argparse.Namespace:
    """Read `--port N` and the switches named in ``defaults``. Raises Refusal."""
    parser = OptionParser(command)
    parser.add_argument("--port", type=int, default=defaults.pop("port", None))
    for name, default in defaults.items():
        parser.add_argument(f"--{name}", action="store_true", default=default)
    return parser.parse_args(arguments)

"""`tour`: the main job over HTTP, on the running stack or on a headless one of its own."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from pepiniere.command.inherited import run_inherited
from pepiniere.command.options import parse_port
from pepiniere.embedded.places import StateDirectory
from pepiniere.embedded.stack import running_stack


def check(arguments: Sequence[str]) -> None:
    """Refuse options that make no sense."""
    parse_port("tour", arguments)


def run(arguments: Sequence[str]) -> int:
    """Run the tour; 0, or the exit code of the failed step."""
    chosen = parse_port("tour", arguments)
    with running_stack(StateDirectory.from_environment(), port=chosen.port) as stack:
        return run_inherited(
            [sys.executable, "-m", "pepiniere.tour", "--port", str(stack.port)], stack.environment
        )

"""`stack`: everything without demonstration data, for the tour and for development."""

from __future__ import annotations

from collections.abc import Sequence

from pepiniere.command.options import parse_port
from pepiniere.embedded.places import StateDirectory
from pepiniere.embedded.progress import say
from pepiniere.embedded.stack import run_stack
from pepiniere.embedded.variables import DEFAULT_PORT


def check(arguments: Sequence[str]) -> None:
    """Refuse options that make no sense."""
    parse_port("stack", arguments, port=DEFAULT_PORT)


def run(arguments: Sequence[str]) -> int:
    """Run the stack until it is stopped."""
    chosen = parse_port("stack", arguments, port=DEFAULT_PORT)
    return run_stack(
        StateDirectory.from_environment(),
        port=chosen.port,
        command="./pepiniere stack",
        when_healthy=lambda started: say(f"  The stack answers at {started.stack.url}."),
    )

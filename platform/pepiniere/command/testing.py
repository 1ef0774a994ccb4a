"""`test`: the tests, against servers of their own that are fast and may be wrecked."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from pepiniere.command.inherited import run_inherited
from pepiniere.embedded.places import StateDirectory
from pepiniere.embedded.ports import free_port
from pepiniere.embedded.progress import say
from pepiniere.embedded.servers import using_servers
from pepiniere.embedded.variables import process_environment

PROCESSES = 2


def check(arguments: Sequence[str]) -> None:
    """pytest itself judges the arguments."""


def run(arguments: Sequence[str]) -> int:
    """Run pytest; its exit code."""
    state = StateDirectory.from_environment().for_tests
    with using_servers(state, durable=False) as servers:
        environment = process_environment(
            state, servers, mode="test", port=free_port(), sandbox_port=free_port()
        )
        command = pytest_command(arguments)
        say(f"  pytest {' '.join(command[3:])}")
        return run_inherited(command, environment)


def pytest_command(arguments: Sequence[str]) -> list[str]:
    """The pytest command line: two processes, each file in one, in the order of ``tests/conftest.py``.

    ``arguments`` come last and win.
    """
    spread = ("-n", str(PROCESSES), "--dist", "loadfile", "--no-loadscope-reorder")
    return [sys.executable, "-m", "pytest", *spread, *arguments]

"""`bench`: the measurements, on durable servers of their own as in production."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from pepiniere.command.inherited import run_inherited
from pepiniere.embedded.places import StateDirectory
from pepiniere.embedded.ports import free_port
from pepiniere.embedded.servers import using_servers
from pepiniere.embedded.variables import process_environment


def check(arguments: Sequence[str]) -> None:
    """The benchmarks themselves judge the arguments."""


def run(arguments: Sequence[str]) -> int:
    """Run the benchmarks; their exit code."""
    state = StateDirectory(StateDirectory.from_environment().path / "bench")
    with using_servers(state) as servers:
        environment = process_environment(
            state, servers, mode="embedded", port=free_port(), sandbox_port=free_port()
        )
        return run_inherited([sys.executable, "-m", "benchmarks", *arguments], environment)

"""`manage`: any Django management command, with the servers up for as long as it runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from pepiniere.command.inherited import run_inherited
from pepiniere.embedded.places import StateDirectory
from pepiniere.embedded.servers import using_servers
from pepiniere.embedded.stack import described_stack
from pepiniere.embedded.variables import DEFAULT_PORT, process_environment, sandbox_port


def check(arguments: Sequence[str]) -> None:
    """Django itself judges the arguments."""


def run(arguments: Sequence[str]) -> int:
    """Run one management command; its exit code."""
    state = StateDirectory.from_environment()
    with using_servers(state) as servers:
        stack = described_stack(state)
        environment = process_environment(
            state,
            servers,
            mode=os.environ.get("PEPINIERE_MODE") or "embedded",
            port=int(stack["port"]) if stack else int(os.environ.get("PEPINIERE_PORT") or DEFAULT_PORT),
            sandbox_port=int(stack["sandbox_port"]) if stack else sandbox_port(state, in_use=True),
        )
        return run_inherited([sys.executable, "-m", "django", *arguments], environment)

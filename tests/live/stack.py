"""The product as a stranger starts it: servers, web, three workers, scheduler and sandbox, all of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pepiniere.embedded.places import ROOT, StateDirectory, read_json
from pepiniere.embedded.ports import free_port
from pepiniere.embedded.stack import Stack, running_stack

# What names another installation; the live stack has its own.
FOREIGN = (
    *("DATABASE_URL", "REDIS_URL", "SANDBOX_URL", "SANDBOX_PUBLIC_URL", "SANDBOX_ADMIN_KEY", "SECRET_KEY"),
    *("PEPINIERE_MODE", "PEPINIERE_STATE_DIR", "PEPINIERE_STATIC_ROOT", "PEPINIERE_PORT"),
    *("PEPINIERE_BASE_DOMAIN", "DJANGO_SETTINGS_MODULE"),
)
LEASE_SECONDS = "10"


@dataclass(frozen=True)
class Account:
    """Somebody who can log in on the live stack."""

    space: str
    host: str
    role: str
    email: str
    password: str
    party: str


@dataclass
class Live:
    """The running stack with its two spaces."""

    state: StateDirectory
    stack: Stack
    spaces: dict[str, dict[str, str]]
    accounts: list[Account]

    @property
    def platform_host(self) -> str:
        return self.stack.environment["PEPINIERE_BASE_DOMAIN"]

    def origin(self, host: str) -> str:
        """The address of a site."""
        return f"http://{host}:{self.stack.port}"

    def account(self, role: str, space: str = "canari-a", email: str = "") -> Account:
        """The first account of a role (whose address contains ``email``)."""
        return next(a for a in self.accounts if a.role == role and a.space == space and email in a.email)

    def pids(self) -> dict[str, int]:
        """The supervised processes now."""
        facts: Any = read_json(self.state.run / "stack.json")
        return dict(facts["children"])

    def run(self, module: str, *arguments: str) -> str:
        """The output of a module of ours, run in the stack's environment."""
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            env=self.stack.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=240,
        )
        assert done.returncode == 0, f"{module}: {done.stderr[-3000:]}"
        return done.stdout


def start_live(state: StateDirectory) -> Iterator[Live]:
    """Start a stack, lay out the spaces, and stop everything after."""
    with ExitStack() as running:
        # Only while it starts: the tests beside it have the environment of their own process.
        with pytest.MonkeyPatch.context() as environment:
            for name in FOREIGN:
                environment.delenv(name, raising=False)
            # Tests kill workers and wait until their tasks are taken up by others.
            environment.setenv("PEPINIERE_OUTBOX_LEASE_SECONDS", LEASE_SECONDS)
            stack = running.enter_context(running_stack(state, port=free_port()))
        live = Live(state, stack, {}, [])
        told = json.loads(live.run("tests.live.seeding"))
        names = Account.__annotations__
        live.spaces = told["spaces"]
        live.accounts = [Account(**{name: row[name] for name in names}) for row in told["accounts"]]
        yield live


@pytest.fixture(scope="session")
def live() -> Iterator[Live]:
    """One stack for all tests of the session that need it (they run in one process, see conftest)."""
    # pytest's own directories are closed to other accounts, and root's PostgreSQL runs as another.
    path = Path(tempfile.mkdtemp(prefix="pepiniere-live-")).resolve()
    path.chmod(0o755)
    try:
        yield from start_live(StateDirectory(path))
    finally:
        shutil.rmtree(path, ignore_errors=True)

"""The servers a command needs: those the environment names, those already running, or embedded ones."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pepiniere.embedded.errors import Refusal
from pepiniere.embedded.keeper import keeper_command
from pepiniere.embedded.locks import FileLock, is_held, is_shared
from pepiniere.embedded.places import StateDirectory, read_json
from pepiniere.embedded.processes import has_ended, spawn, wait_until

START_SECONDS = 90.0
STOP_SECONDS = 15.0
EXIT_SECONDS = 2.0


@dataclass(frozen=True)
class Servers:
    """The addresses of PostgreSQL and Redis, and the numbers of the processes that are ours."""

    database_url: str
    redis_url: str
    postgres_programs: str | None = None
    embedded: bool = False

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that hand these servers to other programs."""
        values = {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}
        if self.postgres_programs:
            values["PEPINIERE_PG_BIN"] = self.postgres_programs
        return values


@contextmanager
def using_servers(state: StateDirectory, *, durable: bool = True) -> Iterator[Servers]:
    """Have the servers while the block runs; embedded ones stop with their last user.

    DATABASE_URL and REDIS_URL of the environment win, each for itself. Raises Refusal.
    """
    external_database = os.environ.get("DATABASE_URL")
    external_redis = os.environ.get("REDIS_URL")
    if external_database and external_redis:
        yield Servers(external_database, external_redis)
        return
    state.prepare()
    with FileLock(state.run / "servers.starting"):
        user = FileLock(state.run / "servers.users", shared=True)
        # A keeper that is stopping holds this lock until its servers are gone.
        if not user.acquire(STOP_SECONDS * 2):
            raise Refusal(f"The servers of {state.path} do not stop: see {state.log / 'servers.log'}.")
        try:
            facts = running_servers(state) or _start(
                state, postgres=not external_database, redis=not external_redis, durable=durable
            )
            _require(facts, database=not external_database, redis=not external_redis)
        except BaseException:
            user.release()
            raise
    try:
        yield Servers(
            database_url=external_database or str(facts.get("database_url", "")),
            redis_url=external_redis or str(facts.get("redis_url", "")),
            postgres_programs=facts.get("postgres_programs"),
            embedded=True,
        )
    finally:
        user.release()
        if not _is_pinned(state):
            # Nothing may be left running when the command has ended, unless another one needs it.
            wait_until(
                lambda: not is_held(state.run / "keeper.lock") or is_shared(state.run / "servers.users"),
                STOP_SECONDS,
            )
            if not is_held(state.run / "keeper.lock"):
                # It lets its lock go a moment before it ends.
                wait_until(lambda: has_ended(int(facts["pid"])), EXIT_SECONDS)


def running_servers(state: StateDirectory) -> dict[str, Any] | None:
    """What the keeper of ``state`` tells about its running servers, or None when there is none."""
    if not is_held(state.run / "keeper.lock"):
        return None
    facts = read_json(state.run / "servers.json")
    return facts if isinstance(facts, dict) else None


def pin_servers(state: StateDirectory) -> None:
    """Let the servers run on when nobody uses them, until ``stop_servers``."""
    state.prepare()
    (state.run / "servers.pinned").touch()


def stop_servers(state: StateDirectory) -> bool:
    """Stop the embedded servers whoever uses them; tell whether any was running."""
    (state.run / "servers.pinned").unlink(missing_ok=True)
    facts = running_servers(state)
    if facts is None:
        return False
    os.kill(int(facts["pid"]), signal.SIGTERM)
    if not wait_until(lambda: not is_held(state.run / "keeper.lock"), STOP_SECONDS):
        raise Refusal(f"The servers of {state.path} do not stop: see {state.log / 'servers.log'}.")
    return True


def _start(state: StateDirectory, *, postgres: bool, redis: bool, durable: bool) -> dict[str, Any]:
    # A keeper that is just starting (or has died halfway) has published nothing yet.
    wait_until(lambda: not is_held(state.run / "keeper.lock"), STOP_SECONDS)
    (state.run / "servers.error").unlink(missing_ok=True)
    process = spawn(
        keeper_command(state, postgres=postgres, redis=redis, durable=durable),
        log=state.log / "servers.log",
        death_signal=None,
    )
    facts: dict[str, Any] | None = None
    deadline = time.monotonic() + START_SECONDS
    while facts is None and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
        facts = running_servers(state)
    if facts is None:
        raise _failure(state, process)
    return facts


def _require(facts: dict[str, Any], *, database: bool, redis: bool) -> None:
    for needed, key in ((database, "database_url"), (redis, "redis_url")):
        if needed and not facts.get(key):
            raise Refusal(f"The running servers were started with {key.upper()} set: set it here as well.", 2)


def _failure(state: StateDirectory, process: subprocess.Popen[bytes]) -> Refusal:
    if process.poll() is None:
        process.terminate()
        process.wait()
    error = read_json(state.run / "servers.error")
    if isinstance(error, dict):
        return Refusal(str(error["message"]), int(error["exit_code"]))
    return Refusal(f"The embedded servers did not start: see {state.log / 'servers.log'}.", 1)


def _is_pinned(state: StateDirectory) -> bool:
    return (state.run / "servers.pinned").exists()

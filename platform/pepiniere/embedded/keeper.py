"""The keeper: holds PostgreSQL and Redis for as long as any command of this installation needs them.

Every command that needs the servers holds a shared lock on one file. The keeper stops them when it can
take that lock for itself, so the servers go when their last user goes, however that one ended.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from pathlib import Path

from pepiniere.embedded.credentials import load_credentials
from pepiniere.embedded.errors import Refusal
from pepiniere.embedded.locks import FileLock
from pepiniere.embedded.places import ROOT, StateDirectory, read_json, write_json
from pepiniere.embedded.ports import free_port
from pepiniere.embedded.postgres import Postgres
from pepiniere.embedded.redis_server import Redis
from pepiniere.embedded.supervisor import Child, Supervisor

START_SECONDS = 60.0


def keeper_command(state: StateDirectory, *, postgres: bool, redis: bool, durable: bool) -> list[str]:
    """The command line that runs a keeper for ``state``."""
    command = [sys.executable, "-m", "pepiniere.embedded.keeper", "--state", str(state.path)]
    command += ["--postgres"] if postgres else []
    command += ["--redis"] if redis else []
    command += [] if durable else ["--fast-and-unsafe"]
    return command


def keep(state: StateDirectory, *, postgres: bool, redis: bool, durable: bool) -> int:
    """Run the servers until nobody uses them; the exit code of the keeper's process."""
    state.prepare()
    with FileLock(state.run / "keeper.lock"):
        for name in ("servers.error", "servers.json"):
            (state.run / name).unlink(missing_ok=True)
        try:
            return _keep(state, postgres=postgres, redis=redis, durable=durable)
        except Refusal as refusal:
            write_json(
                state.run / "servers.error", {"message": refusal.message, "exit_code": refusal.exit_code}
            )
            _notice(refusal.message)
            return refusal.exit_code


def _keep(state: StateDirectory, *, postgres: bool, redis: bool, durable: bool) -> int:
    credentials = load_credentials(state)
    ports = read_json(state.run / "ports.json") or {}
    facts: dict[str, object] = {"pid": os.getpid(), "started_at": time.time(), "durable": durable}
    children = []
    if postgres:
        ports["postgres"] = free_port(ports.get("postgres"))
        server = Postgres.find(
            state.postgres, port=ports["postgres"], password=credentials.postgres_password, durable=durable
        )
        if server.make():
            _notice(f"made the data directory {server.data}")
        facts |= {"database_url": server.url, "postgres_programs": str(server.programs)}
        children.append(_postgres_child(state, server))
    if redis:
        ports["redis"] = free_port(ports.get("redis"))
        cache = Redis.find(state.redis, port=ports["redis"], password=credentials.redis_password)
        cache.make()
        facts["redis_url"] = cache.url
        children.append(_redis_child(state, cache))
    write_json(state.run / "ports.json", ports)

    users = FileLock(state.run / "servers.users")
    supervisor = Supervisor(notice=_notice)
    supervisor.stop_on_signals()
    try:
        supervisor.start(children)
        supervisor.wait_healthy(START_SECONDS)
        supervisor.on_change(lambda pids: _publish(state, facts, pids))
        supervisor.watch(lambda: not _is_abandoned(state, users))
    finally:
        supervisor.stop()
        # Before the lock goes: whoever gets it next must not take these facts for living servers.
        (state.run / "servers.json").unlink(missing_ok=True)
        users.release()
    return 0


def _is_abandoned(state: StateDirectory, users: FileLock) -> bool:
    return not (state.run / "servers.pinned").exists() and users.try_acquire()


def _publish(state: StateDirectory, facts: dict[str, object], pids: dict[str, int]) -> None:
    write_json(state.run / "servers.json", {**facts, "children": pids})


def _postgres_child(state: StateDirectory, server: Postgres) -> Child:
    return Child(
        name="postgres",
        command=server.command,
        log=state.log / "postgres.log",
        directory=Path("/"),
        identity=server.identity,
        is_ready=server.is_ready,
        before_start=server.clear_leftovers,
        stop_signal=signal.SIGINT,
        death_signal=signal.SIGINT,
        stop_order=1,
    )


def _redis_child(state: StateDirectory, server: Redis) -> Child:
    return Child(
        name="redis",
        command=server.command,
        log=state.log / "redis.log",
        directory=Path("/"),
        identity=server.identity,
        is_ready=server.is_ready,
        stop_order=1,
    )


def _notice(line: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {line}", flush=True)


def main() -> int:
    """Read the command line that ``keeper_command`` wrote."""
    parser = argparse.ArgumentParser(prog="pepiniere.embedded.keeper")
    parser.add_argument("--state", type=Path, default=ROOT / "var")
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--redis", action="store_true")
    parser.add_argument("--fast-and-unsafe", action="store_true")
    chosen = parser.parse_args()
    return keep(
        StateDirectory(chosen.state),
        postgres=chosen.postgres,
        redis=chosen.redis,
        durable=not chosen.fast_and_unsafe,
    )


if __name__ == "__main__":
    sys.exit(main())

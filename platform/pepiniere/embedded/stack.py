"""The whole product as one stack: servers, migrations, sandbox gateway, web, workers, scheduler."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pepiniere.embedded.children import product_children, sandbox_child
from pepiniere.embedded.digests import cluster_mark, migrations_digest, static_files_digest
from pepiniere.embedded.errors import Refusal
from pepiniere.embedded.locks import FileLock, is_held
from pepiniere.embedded.places import StateDirectory, read_json, write_json
from pepiniere.embedded.ports import free_port, require_free
from pepiniere.embedded.processes import die_with_parent, end_all
from pepiniere.embedded.progress import say, step
from pepiniere.embedded.servers import Servers, using_servers
from pepiniere.embedded.steps import run_management_command
from pepiniere.embedded.supervisor import Supervisor, last_lines
from pepiniere.embedded.variables import process_environment, sandbox_port

GATEWAY_SECONDS = 30.0
HEALTHY_SECONDS = 120.0
SHUTDOWN_SECONDS = 25.0


@dataclass(frozen=True)
class Stack:
    """A running stack: where it answers and with which environment its processes run."""

    port: int
    environment: dict[str, str] = field(repr=False)
    pid: int = 0

    @property
    def url(self) -> str:
        """The address of the platform's own site."""
        return f"http://{self.environment['PEPINIERE_BASE_DOMAIN']}:{self.port}"


@dataclass
class Starting:
    """What the steps of a start may use, before its processes are up and after."""

    state: StateDirectory
    servers: Servers
    stack: Stack
    supervisor: Supervisor

    def manage(self, title: str, *arguments: str, result: Path | None = None) -> None:
        """Run a Django command as a told step of the start. Raises Refusal."""
        with step(title) as progress:
            run_management_command(
                arguments,
                log=self.state.log / "start.log",
                environment=self.stack.environment,
                still_wanted=self._still_wanted,
                progress=progress,
                result=result,
            )

    def _still_wanted(self) -> bool:
        """Whether nobody asked for a stop; what crashes during a long step is started again meanwhile."""
        self.supervisor.tick()
        return not self.supervisor.stop_requested

    def unchanged(self, name: str, key: str, made: Path | None = None) -> bool:
        """Whether the step ``name`` was done before for the same ``key``.

        What it made is the file ``made``, or else it is in this very database.
        """
        if made is not None and not made.exists():
            return False
        marked = self._marked(key, made)
        return marked is not None and read_json(self._stamp(name)) == marked

    def remember(self, name: str, key: str, made: Path | None = None) -> None:
        """Note that the step ``name`` is done for ``key``."""
        marked = self._marked(key, made)
        if marked is not None:
            write_json(self._stamp(name), marked)

    def _marked(self, key: str, made: Path | None) -> list[str] | None:
        if made is not None:
            return [key, str(made)]
        # A database that is not ours may be changed or emptied without our knowing.
        if os.environ.get("DATABASE_URL"):
            return None
        return [key, cluster_mark(self.state.postgres)]

    def _stamp(self, name: str) -> Path:
        return self.state.run / f"{name}.done"


def run_stack(
    state: StateDirectory,
    *,
    port: int,
    command: str,
    before_processes: Callable[[Starting], None] | None = None,
    when_healthy: Callable[[Starting], None] | None = None,
) -> int:
    """Start everything, keep it running until a stop is asked for, stop everything; the exit code.

    ``command`` is named in remedies. Raises Refusal.
    """
    state.prepare()
    lock = FileLock(state.run / "stack.lock")
    if not lock.try_acquire():
        raise Refusal(f"{_already_running(state)}: stop it first (Ctrl-C in its terminal).")
    supervisor = Supervisor(notice=lambda line: say(f"  [{line}]"))
    supervisor.stop_on_signals()
    with lock:
        require_free(port, command)
        try:
            with using_servers(state) as servers:
                _run(state, servers, port, supervisor, before_processes, when_healthy)
        finally:
            (state.run / "stack.json").unlink(missing_ok=True)
    say("  Everything is stopped.")
    return 0


def _run(
    state: StateDirectory,
    servers: Servers,
    port: int,
    supervisor: Supervisor,
    before_processes: Callable[[Starting], None] | None,
    when_healthy: Callable[[Starting], None] | None,
) -> None:
    gateway = sandbox_port(state)
    environment = process_environment(state, servers, mode="embedded", port=port, sandbox_port=gateway)
    stack = Stack(port, environment, os.getpid())
    starting = Starting(state, servers, stack, supervisor)
    notices = _ServerNotices(state) if servers.embedded else None
    try:
        supervisor.start([sandbox_child(state, environment, gateway)])
        _collect_static_files(starting)
        migrations = migrations_digest()
        if not starting.unchanged("migrations", migrations):
            starting.manage("Migrating the database", "migrate_tenants")
            starting.remember("migrations", migrations)
        if before_processes is not None:
            # Spaces open their accounts at the gateway.
            supervisor.wait_healthy(GATEWAY_SECONDS)
            before_processes(starting)
        with step("Starting web, workers and scheduler"):
            supervisor.start(product_children(state, environment, port))
            supervisor.wait_healthy(HEALTHY_SECONDS)
        supervisor.on_change(lambda pids: _publish(state, stack, gateway, pids))
        if when_healthy is not None:
            when_healthy(starting)
        supervisor.watch(notices.relay if notices else None)
    finally:
        say("  Stopping …")
        supervisor.stop()


def _collect_static_files(starting: Starting) -> None:
    key, manifest = static_files_digest(), starting.state.static / "staticfiles.json"
    if not starting.unchanged("static-files", key, manifest):
        starting.manage("Collecting the static files", "collectstatic", "--no-input", "--verbosity", "0")
        starting.remember("static-files", key, manifest)


def _publish(state: StateDirectory, stack: Stack, gateway: int, pids: dict[str, int]) -> None:
    facts = {"pid": stack.pid, "port": stack.port, "url": stack.url, "children": pids}
    write_json(state.run / "stack.json", {**facts, "sandbox_port": gateway, "since": time.time()})


class _ServerNotices:
    """Repeats what the keeper of PostgreSQL and Redis tells in its log."""

    def __init__(self, state: StateDirectory) -> None:
        self._state = state
        self._log = state.log / "servers.log"
        self._offset = self._log.stat().st_size if self._log.exists() else 0

    def relay(self) -> bool:
        """Print new notices; raises Refusal when the servers are gone for good."""
        if self._log.exists() and self._log.stat().st_size > self._offset:
            with self._log.open("rb") as stream:
                stream.seek(self._offset)
                content = stream.read()
            self._offset += len(content)
            for line in content.decode("utf-8", "replace").splitlines():
                say(f"  [{line.partition(' ')[2]}]")
        if not is_held(self._state.run / "keeper.lock"):
            raise Refusal(
                f"PostgreSQL and Redis stopped for good; last lines of {self._log}:\n{last_lines(self._log)}",
                1,
            )
        return True


def described_stack(state: StateDirectory) -> dict[str, Any] | None:
    """What a running stack tells about itself, or None when none is up."""
    if not is_held(state.run / "stack.lock"):
        return None
    facts = read_json(state.run / "stack.json")
    return facts if isinstance(facts, dict) else None


@contextmanager
def running_stack(state: StateDirectory, *, port: int | None = None) -> Iterator[Stack]:
    """Have a stack while the block runs: the one that is up, else one of its own that is stopped after.

    Raises Refusal when it does not come up.
    """
    facts = described_stack(state)
    if facts is not None:
        say(f"  Using the stack that is running at {facts['url']}.")
        with using_servers(state) as servers:
            yield _stack_of(state, servers, facts)
        return
    if is_held(state.run / "stack.lock"):
        raise Refusal("Another stack is just starting: try again when it is up.")
    chosen = free_port() if port is None else port
    process = subprocess.Popen(
        [sys.executable, "-m", "pepiniere.command", "stack", "--port", str(chosen)],
        stdin=subprocess.DEVNULL,
        env={**os.environ, "PEPINIERE_STATE_DIR": str(state.path)},
        preexec_fn=die_with_parent(),
    )
    try:
        facts = _wait_for_stack(state, process)
        with using_servers(state) as servers:
            yield _stack_of(state, servers, facts)
    finally:
        end_all([process], timeout=SHUTDOWN_SECONDS)


def _wait_for_stack(state: StateDirectory, process: subprocess.Popen[bytes]) -> dict[str, Any]:
    while process.poll() is None:
        facts = described_stack(state)
        if facts is not None and facts["pid"] == process.pid:
            return facts
        time.sleep(0.1)
    # The process has already said why, in one line.
    raise Refusal("The stack did not come up.", process.returncode or 1)


def _stack_of(state: StateDirectory, servers: Servers, facts: dict[str, Any]) -> Stack:
    environment = process_environment(
        state, servers, mode="embedded", port=int(facts["port"]), sandbox_port=int(facts["sandbox_port"])
    )
    return Stack(int(facts["port"]), environment, int(facts["pid"]))


def _already_running(state: StateDirectory) -> str:
    facts = described_stack(state)
    if facts is None:
        return "Another stack is just starting"
    return f"A stack is already running at {facts['url']} (process {facts['pid']})"

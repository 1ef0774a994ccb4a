"""Keeps a set of child processes running: restarts what crashes, stops all in order, leaves nothing."""

from __future__ import annotations

import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pepiniere.embedded.errors import Refusal
from pepiniere.embedded.identities import Identity
from pepiniere.embedded.processes import end_all, kill_group, spawn

CRASH_LIMIT = 5
CRASH_WINDOW = 60.0
STOP_SECONDS = 8.0
LOG_LINES_SHOWN = 15
LOG_BYTES_KEPT = 5_000_000
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Child:
    """One process to keep running, with how to start, question and stop it."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] | None = None
    directory: Path | None = None
    identity: Identity | None = None
    is_ready: Callable[[], bool] | None = None
    before_start: Callable[[], None] | None = None
    stop_signal: int = signal.SIGTERM
    death_signal: int = signal.SIGTERM
    stop_order: int = 0


@dataclass
class _Running:
    child: Child
    process: subprocess.Popen[bytes]
    crashes: deque[float] = field(default_factory=deque)
    healthy: bool = False


class TooManyCrashes(Refusal):
    """A child crashed too often; the message ends with the last lines of its log."""


class Supervisor:
    """Starts children, watches them and stops them; single-threaded, driven by ``tick``."""

    def __init__(
        self,
        *,
        notice: Callable[[str], None],
    ) -> None:
        self._notice = notice
        self._changed: Callable[[dict[str, int]], None] | None = None
        self._running: dict[str, _Running] = {}
        self.stop_requested = False

    @property
    def pids(self) -> dict[str, int]:
        """The process number of every child by its name."""
        return {name: running.process.pid for name, running in self._running.items()}

    def stop_on_signals(self) -> None:
        """Turn Ctrl-C, SIGTERM and the loss of the terminal into a request to stop."""

        def request(number: int, frame: object) -> None:
            self.stop_requested = True

        for number in STOP_SIGNALS:
            signal.signal(number, request)

    def on_change(self, changed: Callable[[dict[str, int]], None]) -> None:
        """Tell the process numbers to ``changed`` now and whenever one changes."""
        self._changed = changed
        changed(self.pids)

    def start(self, children: Iterable[Child]) -> None:
        """Start ``children`` beside those that run already, all at once."""
        for child in children:
            turn_log(child.log)
            self._running[child.name] = _Running(child, self._spawn(child))
        self._tell_change()

    def tick(self) -> None:
        """Restart what has ended since the last call. Raises TooManyCrashes."""
        for running in self._running.values():
            code = running.process.poll()
            if code is None:
                continue
            self._count_crash(running, code)
            # What the dead leader left in its group would hold its port or its files.
            kill_group(running.process.pid)
            running.process = self._spawn(running.child)
            running.healthy = False
            self._tell_change()

    def wait_healthy(self, timeout: float) -> None:
        """Watch until every child is ready. Raises Refusal after ``timeout`` seconds or on a stop."""
        deadline = time.monotonic() + timeout
        while not self.is_healthy():
            self.tick()
            if self.stop_requested:
                raise Refusal("Stopped before everything was up.", 130)
            if time.monotonic() > deadline:
                late = [running.child for running in self._running.values() if not running.healthy]
                raise Refusal(
                    f"{', '.join(child.name for child in late)}: not healthy after {timeout:.0f} s; "
                    f"last lines of {late[0].log}:\n{last_lines(late[0].log)}",
                    1,
                )
            time.sleep(0.1)

    def is_healthy(self) -> bool:
        """Whether every child has been ready since its last start."""
        for running in self._running.values():
            if not running.healthy:
                check = running.child.is_ready
                running.healthy = running.process.poll() is None and (check is None or check())
        return all(running.healthy for running in self._running.values())

    def watch(self, meanwhile: Callable[[], bool] | None = None, pause: float = 0.2) -> None:
        """Keep everything running until a stop is requested or ``meanwhile`` answers False."""
        while not self.stop_requested:
            self.tick()
            if meanwhile is not None and not meanwhile():
                return
            time.sleep(pause)

    def stop(self) -> None:
        """Stop every child, lower ``stop_order`` first, and kill what does not obey in time."""
        self.stop_requested = True
        orders = sorted({running.child.stop_order for running in self._running.values()})
        for order in orders:
            group = [each for each in self._running.values() if each.child.stop_order == order]
            for stop_signal in {each.child.stop_signal for each in group}:
                same = [each.process for each in group if each.child.stop_signal == stop_signal]
                end_all(same, stop_signal=stop_signal, timeout=STOP_SECONDS / len(orders))
        self._running.clear()

    def _spawn(self, child: Child) -> subprocess.Popen[bytes]:
        if child.before_start is not None:
            child.before_start()
        return spawn(
            child.command,
            log=child.log,
            environment=child.environment,
            directory=child.directory,
            identity=child.identity,
            death_signal=child.death_signal,
        )

    def _count_crash(self, running: _Running, code: int) -> None:
        now = time.monotonic()
        running.crashes.append(now)
        while now - running.crashes[0] > CRASH_WINDOW:
            running.crashes.popleft()
        name, log = running.child.name, running.child.log
        if len(running.crashes) >= CRASH_LIMIT:
            raise TooManyCrashes(
                f"{name} ended {CRASH_LIMIT} times within a minute ({describe_end(code)}), so everything is "
                f"stopped; last lines of {log}:\n{last_lines(log)}",
                1,
            )
        self._notice(f"{name}: {describe_end(code)}, started again (log: {log})")

    def _tell_change(self) -> None:
        if self._changed is not None:
            self._changed(self.pids)


def describe_end(code: int) -> str:
    """How a process ended, in words."""
    if code < 0:
        try:
            return f"killed by {signal.Signals(-code).name}"
        except ValueError:
            return f"killed by signal {-code}"
    return f"ended with code {code}"


def last_lines(log: Path, count: int = LOG_LINES_SHOWN) -> str:
    """The end of a log file, indented."""
    try:
        with log.open("rb") as stream:
            stream.seek(max(0, log.stat().st_size - 16_384))
            lines = stream.read().decode("utf-8", "replace").splitlines()[-count:]
    except OSError:
        lines = []
    return "\n".join(f"    {line}" for line in lines or ["(nothing written)"])


def turn_log(log: Path) -> None:
    """Put a grown log aside, keeping one generation."""
    if log.exists() and log.stat().st_size > LOG_BYTES_KEPT:
        log.replace(log.with_suffix(log.suffix + ".1"))

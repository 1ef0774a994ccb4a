"""Starting and ending operating-system processes so that none of them is ever left behind."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path

from pepiniere.embedded.identities import Identity, as_identity

PR_SET_PDEATHSIG = 1
# Loaded before any fork: between fork and exec nothing may be imported.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform.startswith("linux") else None


def spawn(
    command: Sequence[str],
    *,
    log: Path,
    result: Path | None = None,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
    identity: Identity | None = None,
    death_signal: int | None = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start ``command`` in a process group of its own, its output appended to ``log``.

    With ``result`` the standard output replaces that file and only errors go to the log.
    ``death_signal`` is what Linux sends it when the calling process dies without a word; None
    lets it live on. To be called from the main thread of a process without other threads.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    prefixed = as_identity(list(command), identity)
    by_setpriv = prefixed != list(command)
    if by_setpriv and death_signal is not None:
        name = signal.Signals(death_signal).name.removeprefix("SIG")
        prefixed.insert(1, f"--pdeathsig={name}")
    drop = identity if identity is not None and not by_setpriv else None
    with log.open("ab") as output, result.open("wb") if result else nullcontext(output) as standard_output:
        return subprocess.Popen(
            prefixed,
            stdin=subprocess.DEVNULL,
            stdout=standard_output,
            stderr=output,
            env=dict(environment) if environment is not None else None,
            cwd=directory,
            start_new_session=True,
            user=drop.uid if drop else None,
            group=drop.gid if drop else None,
            extra_groups=[] if drop else None,
            preexec_fn=die_with_parent(death_signal),
        )


def end_all(
    processes: Iterable[subprocess.Popen[bytes]], *, stop_signal: int = signal.SIGTERM, timeout: float = 8.0
) -> None:
    """Ask every process to stop, wait ``timeout`` seconds together, then kill whole groups."""
    alive = [process for process in processes if process.poll() is None]
    for process in alive:
        _send(process.pid, stop_signal)
    wait_until(lambda: all(process.poll() is not None for process in alive), timeout)
    for process in alive:
        kill_group(process.pid)
        process.wait()


def kill_group(pid: int) -> None:
    """Kill what is left of the process group that ``pid`` leads; harmless when nothing is."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def wait_until(condition: Callable[[], bool], timeout: float, pause: float = 0.05) -> bool:
    """Poll ``condition`` for at most ``timeout`` seconds; tell whether it became true."""
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(pause)
    return True


def has_ended(pid: int) -> bool:
    """Whether a process is gone; a child of ours is taken leave of on the way."""
    with suppress(ChildProcessError):
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def pids_working_in(directory: Path) -> list[int]:
    """The processes whose working directory is ``directory``, as far as this account may see (Linux)."""
    found = []
    target = str(directory.resolve())
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(entry / "cwd") == target:
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def die_with_parent(death_signal: int | None = signal.SIGTERM) -> Callable[[], None] | None:
    """What a new process runs first so that Linux ends it when its parent dies without a word."""
    libc = _libc
    if death_signal is None or libc is None:
        return None
    parent = os.getpid()

    def arm() -> None:
        libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
        # The parent may have died between fork and prctl: then no signal would ever come.
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return arm


def _send(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)

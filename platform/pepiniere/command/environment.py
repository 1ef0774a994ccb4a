"""The virtual environment below the state directory, made from hashed requirements."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import venv
from pathlib import Path

from pepiniere.command.preconditions import require_venv_module
from pepiniere.command.running import run_logged, told_error
from pepiniere.embedded.errors import Refusal
from pepiniere.embedded.locks import FileLock
from pepiniere.embedded.places import ROOT, StateDirectory, read_json, write_json
from pepiniere.embedded.progress import say, step

STAMP = "pepiniere-stamp.json"
# A set holds everything of the sets named with it.
CONTAINS = {"runtime": ("runtime",), "dev": ("dev", "runtime")}
FOREIGN = ("PYTHONPATH", "PYTHONHOME", "PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_HASHES")


def environment_python(state: StateDirectory) -> Path:
    """The interpreter of the virtual environment."""
    return state.virtual_environment / "bin" / "python"


def ensure_environment(
    state: StateDirectory, kind: str, *, requirements: Path = ROOT / "requirements"
) -> None:
    """Have the packages of ``requirements/<kind>.txt`` installed, whatever state an earlier run left.

    The stamp that says so is removed first and written last, so an interrupted run is taken up
    again. Two commands at once wait for each other. Raises Refusal.
    """
    if is_complete(state, kind, requirements):
        return
    state.prepare()
    lock = FileLock(state.run / "environment.lock")
    if not lock.try_acquire():
        say("  Another command is making the environment; waiting for it …")
        lock.acquire()
    with lock:
        if is_complete(state, kind, requirements):
            return
        stamp = state.virtual_environment / STAMP
        previous = read_json(stamp)
        stamp.unlink(missing_ok=True)
        if not _is_usable(state, previous):
            require_venv_module()
            with step("Making the Python environment"):
                _create(state)
        _install(state, requirements / f"{kind}.txt")
        write_json(stamp, _stamp(state, kind, requirements), mode=0o644)


def is_complete(state: StateDirectory, kind: str, requirements: Path = ROOT / "requirements") -> bool:
    """Whether the environment holds exactly what ``requirements/<kind>.txt`` asks for."""
    stamp = read_json(state.virtual_environment / STAMP)
    if not isinstance(stamp, dict) or not environment_python(state).exists():
        return False
    wanted = _stamp(state, kind, requirements)
    installed = stamp.get("requirements")
    return (
        stamp.get("python") == wanted["python"]
        and stamp.get("path") == wanted["path"]
        and isinstance(installed, dict)
        and installed.get(kind) == digest(requirements / f"{kind}.txt")
    )


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _stamp(state: StateDirectory, kind: str, requirements: Path) -> dict[str, object]:
    return {
        "python": f"{sys.version_info[0]}.{sys.version_info[1]}",
        "path": str(state.virtual_environment),
        "requirements": {name: digest(requirements / f"{name}.txt") for name in CONTAINS[kind]},
    }


def _is_usable(state: StateDirectory, previous: object) -> bool:
    python = environment_python(state)
    if isinstance(previous, dict) and previous.get("path") not in (None, str(state.virtual_environment)):
        return False
    code = "import pip, sys; print('%d.%d' % sys.version_info[:2])"
    try:
        told = subprocess.run(
            [python, "-c", code], check=True, capture_output=True, text=True, env=clean_environment()
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return False
    return told == f"{sys.version_info[0]}.{sys.version_info[1]}"


def _create(state: StateDirectory) -> None:
    try:
        venv.EnvBuilder(clear=True, with_pip=True, symlinks=True).create(state.virtual_environment)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Refusal(
            f"Python could not make {state.virtual_environment} ({error}): "
            "apt-get install python3-venv, remove that directory and try again."
        ) from error


def _install(state: StateDirectory, requirements: Path) -> None:
    total = len(re.findall(r"^[A-Za-z0-9_.\-]+(?:\[[^\]]*\])?==", requirements.read_text("utf-8"), re.M))
    seen = 0
    with step(f"Installing {total} Python packages with checked hashes") as progress:

        def each_line(line: str) -> None:
            nonlocal seen
            seen += line.startswith(("Collecting ", "Requirement already satisfied"))
            installing = line.startswith("Installing collected")
            progress("writing them to disk" if installing else f"{min(seen, total)} of {total}")

        command = [str(environment_python(state)), "-m", "pip", "install", "--require-hashes"]
        command += ["--only-binary", ":all:", "--no-input", "--disable-pip-version-check"]
        command += ["--progress-bar", "off", "-r", str(requirements)]
        failed = run_logged(
            command, state.log / "pip.log", environment=clean_environment(), each_line=each_line
        )
        if failed is not None:
            raise Refusal(
                f"pip could not install the packages: {told_error(failed)} "
                f"(check the network and pip's index, then run this again; log: {state.log / 'pip.log'})."
            )


def clean_environment() -> dict[str, str]:
    """The present environment without what would lead Python or pip elsewhere."""
    return {name: value for name, value in os.environ.items() if name not in FOREIGN}

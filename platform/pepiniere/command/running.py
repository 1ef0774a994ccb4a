"""Runs an outside program with its output in a log file and its progress told."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path


def run_logged(
    command: Sequence[str],
    log: Path,
    *,
    environment: Mapping[str, str] | None = None,
    directory: Path | None = None,
    each_line: Callable[[str], None] | None = None,
) -> list[str] | None:
    """Run ``command`` and append what it prints to ``log``.

    Returns None when it succeeded, else its printed lines.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    lines: list[str] = []
    with (
        log.open("a", encoding="utf-8") as output,
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(environment) if environment is not None else None,
            cwd=directory,
            text=True,
            errors="replace",
        ) as process,
    ):
        output.write(f"$ {' '.join(map(str, command))}\n")
        for line in process.stdout or ():
            output.write(line)
            lines.append(line.rstrip())
            if each_line is not None:
                each_line(line.rstrip())
    return None if process.returncode == 0 else lines


def told_error(lines: Sequence[str], marks: Sequence[str] = ("ERROR:", "E:", "error:")) -> str:
    """The line that best says why a program failed."""
    for line in reversed(lines):
        if line.strip().startswith(tuple(marks)):
            return line.strip()
    return next((line.strip() for line in reversed(lines) if line.strip()), "it printed nothing")

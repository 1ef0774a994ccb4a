"""One-off Django commands that the start of a stack runs before its processes."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pepiniere.embedded.errors import Refusal
from pepiniere.embedded.places import ROOT
from pepiniere.embedded.processes import end_all, spawn
from pepiniere.embedded.supervisor import last_lines, turn_log


def run_management_command(
    arguments: Sequence[str],
    *,
    log: Path,
    environment: Mapping[str, str],
    still_wanted: Callable[[], bool],
    progress: Callable[[str], None],
    result: Path | None = None,
) -> None:
    """Run one Django command to its end.

    ``still_wanted`` is asked meanwhile and ends it by answering False; ``result`` takes its
    standard output. Raises Refusal with the last lines of the log when it fails.
    """
    turn_log(log)
    process = spawn(
        [sys.executable, "-m", "django", *arguments],
        log=log,
        result=result,
        environment=environment,
        directory=ROOT,
    )
    start = log.stat().st_size
    try:
        while process.poll() is None:
            if not still_wanted():
                raise Refusal("Stopped before everything was up.", 130)
            progress(_latest_line(log, start) or "working")
            time.sleep(0.05)
    finally:
        end_all([process])
    if process.returncode != 0:
        raise Refusal(f"{arguments[0]} failed; last lines of {log}:\n{last_lines(log)}", 1)


def read_result(path: Path) -> dict[str, Any]:
    """The JSON object that a command printed, whatever it printed before. Raises Refusal."""
    text = path.read_text(encoding="utf-8")
    start = 0 if text.startswith("{") else text.find("\n{") + 1
    try:
        content = json.loads(text[start:])
    except ValueError as error:
        raise Refusal(f"{path} is no JSON: {error}.", 1) from error
    if not isinstance(content, dict):
        raise Refusal(f"{path} holds no JSON object.", 1)
    return content


def _latest_line(log: Path, start: int) -> str:
    """The latest plain line below ``start``: steps tell their progress so, while log records are JSON."""
    begin = max(start, log.stat().st_size - 16_384)
    with log.open("rb") as stream:
        stream.seek(begin)
        lines = stream.read().decode("utf-8", "replace").splitlines()
    # Where the beginning was cut off, the first line may be the rest of a record.
    told = (line.strip() for line in reversed(lines[begin > start :]))
    return next((line[:80] for line in told if line and not line.startswith("{")), "")

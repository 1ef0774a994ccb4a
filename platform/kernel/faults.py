"""Named places where a test may kill the process, to prove that what follows survives it."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from django.conf import settings

ARMED_MODES = ("embedded", "test")


def fault_point(name: str) -> None:
    """Kill this process with SIGKILL, once, if a file `<STATE_DIR>/faults/<name>` was laid; else do nothing.

    Production never looks.
    """
    if settings.PEPINIERE_MODE not in ARMED_MODES:
        return
    trigger = _folder() / name
    try:
        # Removing the file decides which of several processes dies: only one unlink succeeds.
        trigger.unlink()
    except (FileNotFoundError, NotADirectoryError):
        return
    os.kill(os.getpid(), signal.SIGKILL)


def arm_fault(name: str) -> Path:
    """Lay the file for the next passage at ``name``; returns it, so that a test can see it taken."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    trigger = folder / name
    trigger.touch()
    return trigger


def _folder() -> Path:
    return Path(settings.STATE_DIR) / "faults"

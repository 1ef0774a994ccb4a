"""What the machine must offer before anything is built, each refused with its remedy."""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
import tempfile
from pathlib import Path

from pepiniere.embedded.errors import Refusal

MINIMUM_PYTHON = (3, 11)
FREE_BYTES_NEEDED = 1_000_000_000


def require_python() -> None:
    """Refuse a Python older than 3.11."""
    if sys.version_info[:2] < MINIMUM_PYTHON:
        raise Refusal(
            "Python {}.{} or newer is needed and this is {}.{}: install it.".format(
                *MINIMUM_PYTHON, *sys.version_info[:2]
            )
        )


def require_venv_module() -> None:
    """Refuse a Python that cannot make virtual environments (Debian ships that apart)."""
    if all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        return
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    raise Refusal(
        f"Python {version} has no venv module: apt-get install python3-venv (or python{version}-venv)."
    )


def require_write_access(directory: Path) -> None:
    """Refuse when nothing can be written below ``directory``, which is made if it is missing."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
    except OSError as error:
        raise Refusal(
            f"Cannot write in {directory} ({error.strerror or error}): "
            "give this account the right, or set PEPINIERE_STATE_DIR to a directory of yours."
        ) from error
    if os.geteuid() != 0 and directory.stat().st_uid == 0:
        raise Refusal(
            f"{directory} belongs to root: chown -R it to this account, "
            "or set PEPINIERE_STATE_DIR to a directory of yours."
        )


def require_disk_space(directory: Path, needed: int = FREE_BYTES_NEEDED) -> None:
    """Refuse when less than ``needed`` bytes are free where ``directory`` lies."""
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise Refusal(
            f"Only {free / 1e9:.1f} GB free at {directory} and {needed / 1e9:.0f} GB is needed: "
            "free some, or set PEPINIERE_STATE_DIR to a larger disk."
        )

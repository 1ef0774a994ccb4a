"""The Chromium that the browser tests drive: the system's, an unpacked one, or Playwright's own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from pepiniere.command.system.unpacked import Unpacked

VARIABLE = "PEPINIERE_CHROMIUM"
PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium",)
# Playwright's driver is a Node.js that links to it.
DRIVER_LIBRARY = "libatomic.so.1"
DRIVER_PACKAGES = ("libatomic1",)


def find_browser(unpacked: Unpacked, browsers: Path) -> Path | None:
    """A Chromium that starts, or None. PEPINIERE_CHROMIUM wins when it is set."""
    candidates: list[Path] = []
    named = os.environ.get(VARIABLE)
    if named:
        candidates.append(Path(named))
    for program in PROGRAMS:
        found = shutil.which(program)
        if found:
            candidates.append(Path(found))
    # Not /usr/bin/chromium of the package: that script looks for its program in /usr/lib.
    candidates.append(unpacked.path / "usr" / "lib" / "chromium" / "chromium")
    for pattern in ("chromium-*/chrome-linux*/chrome", "chromium_headless_shell-*/*/*headless*shell"):
        candidates += sorted(browsers.glob(pattern), reverse=True)
    return next((path for path in candidates if _starts(path, unpacked)), None)


def _starts(program: Path, unpacked: Unpacked) -> bool:
    if not program.is_file():
        return False
    environment = {**os.environ, **unpacked.environment()}
    try:
        # Ubuntu's chromium-browser is a script that only tells to install a snap: it fails here.
        return (
            subprocess.run(
                [program, "--version"], check=False, capture_output=True, timeout=30, env=environment
            ).returncode
            == 0
        )
    except (OSError, subprocess.TimeoutExpired):
        return False

"""Has the system's libraries and browser in place before a command needs them, or says what to install."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from pepiniere.command.environment import clean_environment, environment_python
from pepiniere.command.running import run_logged, told_error
from pepiniere.command.system import apt, browser, libraries
from pepiniere.command.system.unpacked import Unpacked
from pepiniere.embedded.errors import Refusal
from pepiniere.embedded.locks import FileLock
from pepiniere.embedded.places import StateDirectory
from pepiniere.embedded.progress import step, warn

# What Playwright's own Chromium links to, by the names of Ubuntu 24.04.
UBUNTU_BROWSER_LIBRARIES = (
    *("libasound2t64", "libatk-bridge2.0-0t64", "libatk1.0-0t64", "libatspi2.0-0t64", "libcairo2"),
    *("libcups2t64", "libdbus-1-3", "libdrm2", "libgbm1", "libglib2.0-0t64", "libnspr4", "libnss3"),
    *("libpango-1.0-0", "libx11-6", "libxcb1", "libxcomposite1", "libxdamage1", "libxext6", "libxfixes3"),
    *("libxkbcommon0", "libxrandr2"),
)
BROWSER_REMEDY = (
    "install one (Debian: apt-get install chromium; Ubuntu: Google Chrome's package, since its own is a "
    f"snap), or name its program in {browser.VARIABLE}"
)


def ensure_libraries(state: StateDirectory) -> Unpacked:
    """Have what WeasyPrint loads. Raises Refusal naming what to install."""
    unpacked = Unpacked(state.system)
    if not libraries.missing_libraries(unpacked):
        return unpacked
    with FileLock(state.run / "system.lock"):
        missing = libraries.missing_libraries(unpacked)
        if missing:
            _add(state, libraries.PACKAGES, "the system libraries for PDF")
            missing = libraries.missing_libraries(unpacked)
        if missing:
            raise Refusal(
                f"Still missing after the installation: {', '.join(missing)}; install them by hand "
                f"(Debian's names: {' '.join(libraries.PACKAGES)})."
            )
    return unpacked


def ensure_browser(state: StateDirectory, unpacked: Unpacked) -> Path:
    """Have a Chromium for the browser tests and return its program. Raises Refusal."""
    browsers = state.path / "browsers"
    _ensure_driver(state, unpacked)
    found = browser.find_browser(unpacked, browsers)
    if found is not None:
        return found
    with FileLock(state.run / "system.lock"):
        if _distribution() != "ubuntu" and apt.is_available():
            try:
                _add(state, browser.PACKAGES, "Chromium for the browser tests")
            except Refusal as refusal:
                warn(f"{refusal.message} Trying Playwright's own download.")
        if browser.find_browser(unpacked, browsers) is None:
            _download_browser(state, unpacked, browsers)
    found = browser.find_browser(unpacked, browsers)
    if found is None:
        raise Refusal(f"No Chromium starts on this machine: {BROWSER_REMEDY}.")
    return found


def _ensure_driver(state: StateDirectory, unpacked: Unpacked) -> None:
    def is_there() -> bool:
        return libraries.loads(browser.DRIVER_LIBRARY) or unpacked.holds_library(browser.DRIVER_LIBRARY)

    if not sys.platform.startswith("linux") or is_there():
        return
    with FileLock(state.run / "system.lock"):
        if not is_there():
            _add(state, browser.DRIVER_PACKAGES, "what the driver of the browser tests links to")


def _add(state: StateDirectory, packages: Sequence[str], what: str) -> None:
    by_hand = f"apt-get install {' '.join(packages)}"
    if not apt.is_available():
        raise Refusal(f"Missing here: {what}; install them (Debian's names: {' '.join(packages)}).")
    log = state.log / "apt.log"
    as_root = os.geteuid() == 0
    title = f"Installing {what}" if as_root else f"Unpacking {what} below {state.system}"
    try:
        with step(title) as progress:
            if as_root:
                apt.install(packages, log, progress)
            else:
                apt.unpack(packages, state.system, log, progress)
    except apt.AptFailed as failure:
        raise Refusal(f"Could not get {what} ({failure}): as root, {by_hand}; log: {log}.") from failure


def _download_browser(state: StateDirectory, unpacked: Unpacked, browsers: Path) -> None:
    if _distribution() == "ubuntu":
        _add(state, UBUNTU_BROWSER_LIBRARIES, "the libraries of Chromium")
    log = state.log / "browser.log"
    with step("Downloading Chromium for the browser tests") as progress:
        failed = run_logged(
            [str(environment_python(state)), "-m", "playwright", "install", "chromium"],
            log,
            environment={
                **clean_environment(),
                **unpacked.environment(),
                "PLAYWRIGHT_BROWSERS_PATH": str(browsers),
            },
            each_line=lambda line: progress(line[:60]),
        )
        if failed is not None:
            raise Refusal(
                f"Chromium could not be downloaded ({told_error(failed, ('Error:',))}; log: {log}): "
                f"{BROWSER_REMEDY}."
            )


def _distribution() -> str:
    try:
        lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    return next((line[3:].strip('"') for line in lines if line.startswith("ID=")), "")

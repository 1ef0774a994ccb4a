"""Debian's and Ubuntu's packages: installed by root, downloaded and unpacked by everybody else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from pepiniere.command.running import run_logged, told_error

NOT_ASKING = {"DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C", "LANG": "C"}
WAIT_FOR_OTHERS = ("-o", "DPkg::Lock::Timeout=120")


class AptFailed(Exception):
    """apt-get could not do it; the message is the line in which it said why."""


def is_available() -> bool:
    """Whether this system has apt-get and dpkg-deb."""
    return bool(shutil.which("apt-get") and shutil.which("dpkg-deb"))


def install(packages: Sequence[str], log: Path, progress: Callable[[str], None]) -> None:
    """Install ``packages`` for the whole system, as root. Raises AptFailed."""
    command = ["apt-get", *WAIT_FOR_OTHERS, "install", "-y", "--no-install-recommends", *packages]
    if _run(command, log, progress) is None:
        return
    # Lists that are missing or old are the usual cause: bare machines have none.
    _run(["apt-get", *WAIT_FOR_OTHERS, "update"], log, progress)
    failed = _run(command, log, progress)
    if failed is not None:
        raise AptFailed(told_error(failed))


def unpack(packages: Sequence[str], target: Path, log: Path, progress: Callable[[str], None]) -> None:
    """Download ``packages`` with whatever they need that is not installed, and unpack them below ``target``.

    Needs no rights. The system's package lists are used if they serve, else private ones. Raises AptFailed.
    """
    work = target.with_name(target.name + "-download")
    shutil.rmtree(work, ignore_errors=True)
    downloads = work / "packages"
    downloads.mkdir(parents=True)
    try:
        try:
            _download(packages, downloads, [], log, progress)
        except AptFailed:
            private = _private_lists(work)
            _run(["apt-get", *private, "update"], log, progress)
            _download(packages, downloads, private, log, progress)
        for package in sorted(downloads.glob("*.deb")):
            progress(f"unpacking {package.name.partition('_')[0]}")
            failed = _run(["dpkg-deb", "-x", str(package), str(target)], log, progress)
            if failed is not None:
                raise AptFailed(told_error(failed))
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _download(
    packages: Sequence[str],
    downloads: Path,
    options: Sequence[str],
    log: Path,
    progress: Callable[[str], None],
) -> None:
    wanted = _closure(packages, options)
    command = ["apt-get", *options, "download", *wanted]
    failed = _run(command, log, progress, directory=downloads) if wanted else None
    if failed is not None:
        raise AptFailed(told_error(failed))


def _closure(packages: Sequence[str], options: Sequence[str]) -> list[str]:
    """The exact packages, as name=version, that an installation of ``packages`` would add."""
    command = ["apt-get", *options, "-o", "Debug::NoLocking=1", "--simulate", "--no-install-recommends"]
    done = subprocess.run(
        [*command, "install", *packages],
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, **NOT_ASKING},
    )
    if done.returncode != 0:
        raise AptFailed(told_error((done.stdout + done.stderr).splitlines()))
    added = re.findall(r"^Inst (\S+) (?:\[[^\]]*\] )?\((\S+) ", done.stdout, re.M)
    return [f"{name}={version}" for name, version in added]


def _private_lists(work: Path) -> list[str]:
    for part in ("state/lists/partial", "cache/archives/partial"):
        (work / part).mkdir(parents=True, exist_ok=True)
    return [
        *("-o", f"Dir::State={work}/state"),
        *("-o", "Dir::State::status=/var/lib/dpkg/status"),
        *("-o", f"Dir::Cache={work}/cache"),
    ]


def _run(
    command: list[str], log: Path, progress: Callable[[str], None], directory: Path | None = None
) -> list[str] | None:
    return run_logged(
        command,
        log,
        environment={**os.environ, **NOT_ASKING},
        directory=directory,
        each_line=lambda line: progress(line[:60].strip() or "working"),
    )

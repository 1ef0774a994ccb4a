"""Libraries and browser of the system: found, or found where they were unpacked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pepiniere.command.running import run_logged, told_error
from pepiniere.command.system.browser import find_browser
from pepiniere.command.system.libraries import LIBRARIES, missing_libraries
from pepiniere.command.system.unpacked import Unpacked


@pytest.fixture
def unpacked(tmp_path: Path) -> Unpacked:
    """A directory with a library, a private library one level down and a font."""
    triplet = tmp_path / "usr" / "lib" / "x86_64-linux-gnu"
    for path in (
        triplet / "libpango-1.0.so.0",
        triplet / "pulseaudio" / "libpulsecommon-16.1.so",
        triplet / "gconv" / "UTF-7.so",
        tmp_path / "usr" / "share" / "fonts" / "truetype" / "a.ttf",
    ):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return Unpacked(tmp_path)


def test_nothing_unpacked_changes_nothing(tmp_path: Path) -> None:
    assert Unpacked(tmp_path / "none").environment() == {}


def test_unpacked_libraries_come_first_and_private_ones_too(
    unpacked: Unpacked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", "/mine")
    environment = unpacked.environment()
    triplet = unpacked.path / "usr" / "lib" / "x86_64-linux-gnu"
    assert environment["LD_LIBRARY_PATH"].split(os.pathsep) == [
        str(triplet),
        str(triplet / "pulseaudio"),
        "/mine",
    ]
    configuration = Path(environment["FONTCONFIG_FILE"]).read_text()
    assert f"<dir>{unpacked.path}/usr/share/fonts</dir>" in configuration
    assert unpacked.holds_library("libpango-1.0.so.0")
    assert not unpacked.holds_library("libmissing.so.1")


def test_the_tests_themselves_run_with_every_library(tmp_path: Path) -> None:
    # In a process of its own: the loader reads LD_LIBRARY_PATH only when a program starts.
    state = Path(os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)[0] or tmp_path)
    root = next((parent for parent in state.parents if parent.name == "system"), tmp_path)
    assert missing_libraries(Unpacked(root)) == []
    assert "libharfbuzz-subset.so.0" in LIBRARIES


def test_a_browser_that_does_not_start_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    snap_stub, real = tmp_path / "chromium-browser", tmp_path / "google-chrome"
    snap_stub.write_text("#!/bin/sh\necho 'requires the chromium snap' >&2\nexit 1\n")
    real.write_text("#!/bin/sh\necho Chrome 150\n")
    for program in (snap_stub, real):
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("PEPINIERE_CHROMIUM", raising=False)
    nothing = Unpacked(tmp_path / "none")
    assert find_browser(nothing, tmp_path / "browsers") == real
    monkeypatch.setenv("PEPINIERE_CHROMIUM", str(snap_stub))
    assert find_browser(nothing, tmp_path / "browsers") == real
    real.unlink()
    assert find_browser(nothing, tmp_path / "browsers") is None


def test_a_failed_program_tells_its_reason_and_logs_everything(tmp_path: Path) -> None:
    log = tmp_path / "log"
    seen: list[str] = []
    lines = run_logged(["sh", "-c", "echo one; echo 'E: two' >&2; exit 4"], log, each_line=seen.append)
    assert lines == seen == ["one", "E: two"]
    assert told_error(lines or []) == "E: two"
    assert told_error([]) == "it printed nothing"
    assert log.read_text() == "$ sh -c echo one; echo 'E: two' >&2; exit 4\none\nE: two\n"
    assert run_logged(["true"], log) is None

"""`./pepiniere` itself, run as a user would: what it refuses, in one line with the remedy."""

from __future__ import annotations

import ast
import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pepiniere.command.catalogue import COMMANDS
from pepiniere.embedded.places import ROOT

SCRIPT = ROOT / "pepiniere"
# Runs the script as an older Python would: only the version it sees is another.
AS_OLD_PYTHON = f"""
import runpy, sys
sys.version_info = (3, 9, 2, "final", 0)
sys.argv = [{str(SCRIPT)!r}, *sys.argv[1:]]
runpy.run_path({str(SCRIPT)!r}, run_name="__main__")
"""

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Runs the script in a bare environment with an empty state directory."""

    def call(
        *arguments: str, program: tuple[str, ...] = (str(SCRIPT),), **variables: str
    ) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": os.defpath,
            "HOME": str(tmp_path),
            "PEPINIERE_STATE_DIR": str(tmp_path / "var"),
            **variables,
        }
        return subprocess.run(
            [sys.executable, *program, *arguments],
            check=False,
            capture_output=True,
            text=True,
            env=environment,
            timeout=60,
        )

    return call


def assert_refused(done: subprocess.CompletedProcess[str], code: int, *words: str) -> None:
    assert done.returncode == code, done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("pepiniere: ")
    for word in words:
        assert word in done.stderr


def test_it_can_be_read_by_old_interpreters() -> None:
    source = SCRIPT.read_bytes()
    assert source.isascii()
    ast.parse(source, feature_version=(3, 4))
    assert not any(isinstance(node, ast.JoinedStr | ast.AnnAssign) for node in ast.walk(ast.parse(source)))


def test_an_old_python_without_a_newer_one_is_refused(run: Run, tmp_path: Path) -> None:
    done = run("demo", program=("-c", AS_OLD_PYTHON), PATH=str(tmp_path))
    assert_refused(done, 3, "Python 3.11 or newer is needed and this is 3.9", "apt-get install")
    assert not (tmp_path / "var").exists()


def test_an_old_python_hands_over_to_a_newer_one(run: Run, tmp_path: Path) -> None:
    newer = tmp_path / "python3.12"
    newer.write_text('#!/bin/sh\n[ "$1" = -c ] && exit 0\necho "handed over: $2 $3"\n')
    newer.chmod(0o755)
    done = run("help", "me", program=("-c", AS_OLD_PYTHON), PATH=str(tmp_path))
    assert done.stdout == "handed over: help me\n"
    assert done.returncode == 0


def test_a_python_too_old_under_a_newer_name_is_passed_over(run: Run, tmp_path: Path) -> None:
    for name in ("python3.11", "python3"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 1\n")
        (tmp_path / name).chmod(0o755)
    assert_refused(run("demo", program=("-c", AS_OLD_PYTHON), PATH=str(tmp_path)), 3, "Python 3.11")


@pytest.mark.parametrize("arguments", [(), ("help",), ("--help",)])
def test_help_lists_every_command_and_makes_nothing(
    arguments: tuple[str, ...], run: Run, tmp_path: Path
) -> None:
    done = run(*arguments)
    assert done.returncode == 0
    assert all(f"  {name} " in done.stdout for name in COMMANDS)
    assert not (tmp_path / "var").exists()


def test_an_unknown_command_is_refused(run: Run) -> None:
    assert_refused(run("dmeo"), 2, "no command dmeo", "./pepiniere help")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("demo", "--prot", "1"), "unrecognized arguments"),
        (("demo", "--port", "web"), "invalid int value"),
        (("demo", "--port", "70000"), "Port 70000 does not exist"),
        (("tour", "extra"), "unrecognized arguments"),
        (("doctor", "extra"), "Usage: ./pepiniere doctor"),
        (("servers",), "start|stop|env"),
    ],
)
def test_wrong_arguments_are_refused_before_anything_is_made(
    arguments: tuple[str, ...], told: str, run: Run, tmp_path: Path
) -> None:
    assert_refused(run(*arguments), 2, told)
    assert not (tmp_path / "var").exists()


def test_a_taken_port_is_refused_with_another(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert_refused(run("demo", "--port", str(port)), 3, f"Port {port} is taken", f"--port {port + 1}")


def test_a_python_without_its_venv_module_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['ensurepip'] = None\n")
    done = run("manage", "check", PYTHONPATH=str(tmp_path))
    assert_refused(done, 3, "no venv module", "apt-get install python3-venv")


def test_a_state_directory_that_cannot_be_written_is_refused(run: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = run("manage", "check", PEPINIERE_STATE_DIR=str(tmp_path / "file" / "var"))
    assert_refused(done, 3, "Cannot write", "PEPINIERE_STATE_DIR")

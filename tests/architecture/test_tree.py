"""The tree of docs/decisions/0001: floors, names, first sentences, and the trap in `platform/`."""

from __future__ import annotations

import ast
import os
import platform
import subprocess
import sys

import pytest

from tests.architecture.source import FLOORS, ROOT, imported, modules, name, tree

FORBIDDEN_NAMES = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "manager",
    "managers",
    "handler",
    "handlers",
    "misc",
}
LONGEST_FILE = 400
# Each costs a process that does not need it tens of megabytes.
HEAVY = ("weasyprint", "saxonche")


def test_imports_go_down_only():
    finished = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as run; run()",
            "--no-cache",
        ],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr


def test_platform_is_still_pythons_own():
    assert "site-packages" not in platform.__file__
    assert not platform.__file__.startswith(str(ROOT / "platform"))
    assert not list((ROOT / "platform").glob("*.py"))


def test_every_module_opens_with_a_sentence():
    silent = []
    for path in modules():
        if path.parent.name == "migrations" and path.stem != "__init__":
            continue
        sentence = (ast.get_docstring(tree(path)) or "").split("\n\n")[0].strip()
        if not sentence.endswith((".", "?", ":", ")", "`")):
            silent.append(name(path))
    assert silent == []


def test_nothing_is_called_after_nothing():
    assert [name(path) for path in modules() if path.stem in FORBIDDEN_NAMES] == []
    assert [name(path) for path in modules() if path.parent.name in FORBIDDEN_NAMES] == []


def test_no_file_is_longer_than_a_person_reads():
    long = {
        name(path): lines
        for path in modules()
        if "migrations" not in path.parts
        and (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    }
    assert long == {}


def test_every_folder_of_the_product_and_of_the_tests_is_a_package():
    folders = {path.parent for path in [*modules(), *(ROOT / "tests").rglob("*.py")]}
    assert [name(folder) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_tests_lie_where_what_they_test_lies():
    allowed = {"kernel", "tenants", "billing", "services", "roof", "journeys", "faults", "architecture"} | {
        "isolation",
        "live",
    }
    found = {
        folder.name
        for folder in (ROOT / "tests").iterdir()
        if folder.is_dir() and folder.name != "__pycache__"
    }
    assert found <= allowed
    assert not (ROOT / "tests" / "platform").exists()


def test_renderers_are_loaded_by_the_documents_worker_alone():
    """A web process that has loaded every address, and a Celery app with every task, know none of them."""
    statements = (
        "import sys, pepiniere.wsgi; from django.conf import settings; from django.urls import get_resolver; "
        "confs = (settings.ROOT_URLCONF, settings.PUBLIC_SCHEMA_URLCONF); "
        "[get_resolver(conf).url_patterns for conf in confs]; "
        "import pepiniere.celery; pepiniere.celery.app.loader.import_default_modules(); "
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    finished = subprocess.run(
        [sys.executable, "-c", statements],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": f"{ROOT}:{ROOT / 'platform'}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert finished.stdout.strip() == "[]", finished.stdout + finished.stderr


def test_the_sandbox_stands_alone():
    """It plays the other side of the wire: rounding apart, no code of ours in it, none of it in ours."""
    sandbox = FLOORS["billing"] / "sandbox"
    inside = [path for path in modules() if path.is_relative_to(sandbox)]
    ours = tuple(FLOORS)
    assert [
        f"{name(path)} imports {module}"
        for path in inside
        for module in imported(path)
        if module.split(".")[0] in ours and not module.startswith(("billing.sandbox", "kernel.money"))
    ] == []
    assert [
        name(path)
        for path in modules()
        if path not in inside and any(module.startswith("billing.sandbox") for module in imported(path))
    ] == []


def test_only_the_settings_read_the_environment():
    """Everything else asks django.conf: what may be set stands in one file."""
    allowed = ("platform/pepiniere/settings/", "platform/pepiniere/command/", "platform/pepiniere/embedded/")
    entries = {"platform/pepiniere/wsgi.py", "platform/pepiniere/celery.py", "platform/pepiniere/__main__.py"}
    reading = [
        name(path)
        for path in modules()
        if not name(path).startswith((*allowed, "billing/sandbox/", "platform/pepiniere/tour/"))
        and name(path) not in entries
        and any(
            isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv") and _is_os(node.value)
            for node in ast.walk(tree(path))
        )
    ]
    # A child process gets the environment of its parent.
    assert set(reading) <= {"tenants/provisioning/programs.py", "platform/kernel/faults.py"}


def _is_os(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "os"


@pytest.mark.parametrize("floor", sorted(FLOORS))
def test_every_floor_is_there(floor):
    assert (FLOORS[floor] / "__init__.py").exists()

"""Operations changed for the worse, one patch each: the histories notice every one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

ROOT = Path(__file__).resolve().parents[3]
HERE = Path(__file__).resolve().parent
COPIED = ("platform", "tenants", "services", "billing", "templates", "locale", "tests", "scripts")
PAYOUTS = "tests/billing/payouts/test_histories.py"
SETTLEMENT = "tests/billing/payouts/test_settlement_histories.py"
PAYMENTS = "tests/billing/payments/test_any_order.py"
FUNDING = "tests/billing/funding/test_voucher_histories.py"
ORDERS = "tests/services/orders/test_lifecycle.py"
# The histories that must fail with the patch of this number.
KILLERS = {
    "01": PAYOUTS,
    "02": PAYOUTS,
    "03": PAYOUTS,
    "04": SETTLEMENT,
    "05": ORDERS,
    "06": PAYMENTS,
    "07": SETTLEMENT,
    "08": SETTLEMENT,
    "09": SETTLEMENT,
    "10": SETTLEMENT,
    "11": FUNDING,
}
PATCHES = sorted(HERE.glob("*.patch"))
DATABASE = "mutants"
UNSHRUNK = ("--hypothesis-profile", "unshrunk")


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the product and its tests, to be changed."""
    copy = tmp_path_factory.mktemp("mutants") / "tree"
    copy.mkdir()
    for name in COPIED:
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    return copy


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """The address of a database that the runs share, so that only the first has to make it."""
    parts = urlsplit(os.environ["DATABASE_URL"])
    yield urlunsplit(parts._replace(path=f"/{DATABASE}"))
    with psycopg.connect(urlunsplit(parts), autocommit=True) as connection:
        drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        connection.execute(drop.format(sql.Identifier(f"test_{DATABASE}")))


def apply(patch: Path, tree: Path, *options: str) -> None:
    """Apply a patch to a tree that is no repository."""
    done = subprocess.run(
        ["git", "apply", "--recount", "-C1", *options, str(patch)],
        cwd=tree,
        capture_output=True,
        text=True,
        env={**os.environ, "GIT_CEILING_DIRECTORIES": str(tree.parent)},
    )
    assert done.returncode == 0, f"{patch.name} does not apply: {done.stderr}"


def judge(tree: Path, database: str, histories: str) -> subprocess.CompletedProcess[str]:
    """Run histories in the tree."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *UNSHRUNK, histories],
        cwd=tree,
        capture_output=True,
        text=True,
        env={
            **environment,
            "DATABASE_URL": database,
            "PEPINIERE_STATE_DIR": str(tree.parent / "state"),
            "PYTHONPATH": f"{tree}{os.pathsep}{tree / 'platform'}",
            "PYTHONDONTWRITEBYTECODE": "1",
        },
    )


def test_there_are_ten_and_each_has_histories_that_kill_it() -> None:
    assert [patch.name[:2] for patch in PATCHES] == sorted(KILLERS)
    assert len(PATCHES) >= 10


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.stem)
def test_it_still_applies(patch: Path) -> None:
    apply(patch, ROOT, "--check")


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("histories", sorted(set(KILLERS.values())))
def test_the_histories_pass_as_it_is(tree: Path, database: str, histories: str) -> None:
    done = judge(tree, database, histories)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]


@pytest.mark.soak
@pytest.mark.timeout(600)
@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.stem)
def test_the_histories_kill_it(tree: Path, database: str, patch: Path) -> None:
    apply(patch, tree)
    try:
        done = judge(tree, database, KILLERS[patch.name[:2]])
    finally:
        apply(patch, tree, "--reverse")
    # 1: tests ran and some failed; anything else would be another fault than the one that was made.
    assert done.returncode == 1, done.stdout[-3000:] + done.stderr[-3000:]
    assert " failed" in done.stdout
    assert "error" not in done.stdout.splitlines()[-1]
    print(f"{patch.stem}: {done.stdout.splitlines()[-2][:160]}")

"""What is asked of the machine before anything is built."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pepiniere.command.preconditions import require_disk_space, require_python, require_write_access
from pepiniere.embedded.errors import Refusal
from pepiniere.embedded.identities import CANDIDATES, CAPABILITIES, as_identity, server_identity


def test_this_python_is_new_enough() -> None:
    require_python()


def test_a_full_disk_is_refused_with_what_is_free(tmp_path: Path) -> None:
    require_disk_space(tmp_path, needed=1)
    with pytest.raises(Refusal, match=r"GB free at .* is needed: free some") as refused:
        require_disk_space(tmp_path, needed=10**18)
    assert refused.value.exit_code == 3


def test_a_missing_state_directory_is_made(tmp_path: Path) -> None:
    require_write_access(tmp_path / "deep" / "var")
    assert (tmp_path / "deep" / "var").is_dir()


def test_root_serves_as_an_ordinary_account_and_others_as_themselves(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    identity = server_identity(tmp_path / "postgres", Path("/usr"))
    if os.geteuid() != 0:
        assert identity is None
        return
    assert identity is not None
    assert identity.uid != 0
    assert identity.name in CANDIDATES
    assert identity.capability is None


def test_below_a_closed_home_the_account_gets_the_one_capability_it_needs(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    (closed / "var").mkdir(parents=True)
    closed.chmod(0o700)
    identity = server_identity(closed / "var" / "postgres", closed / "var")
    if identity is None:
        assert as_identity(["true"], None) == ["true"]
        return
    assert identity.capability in CAPABILITIES
    assert f"--ambient-caps=+{identity.capability}" in as_identity(["true"], identity)

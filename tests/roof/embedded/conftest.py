"""State directories that PostgreSQL's account may enter, and a wait that fails loudly."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pepiniere.embedded.places import StateDirectory
from pepiniere.embedded.processes import wait_until


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> Iterator[StateDirectory]:
    """An empty state directory whose servers are embedded, whatever the environment names."""
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(name, raising=False)
    # pytest's own directories are closed to other accounts, and root's PostgreSQL runs as another.
    path = Path(tempfile.mkdtemp(prefix="pepiniere-"))
    path.chmod(0o755)
    found = StateDirectory(path.resolve())
    found.prepare()
    yield found
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], None]:
    """Waits for a condition, at most 20 seconds."""

    def wait(condition: Callable[[], bool]) -> None:
        if not wait_until(condition, 20):
            pytest.fail("the condition did not come true within 20 s")

    return wait

"""Where an installation keeps its state: one directory, `var/` unless PEPINIERE_STATE_DIR says otherwise."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class StateDirectory:
    """The paths below one state directory."""

    path: Path

    @classmethod
    def from_environment(cls) -> StateDirectory:
        """The directory that PEPINIERE_STATE_DIR names, or `var/` beside the code."""
        return cls(Path(os.environ.get("PEPINIERE_STATE_DIR") or ROOT / "var").resolve())

    @property
    def for_tests(self) -> StateDirectory:
        """The separate state that tests and benchmarks may wreck."""
        return StateDirectory(self.path / "test")

    @property
    def run(self) -> Path:
        return self.path / "run"

    @property
    def log(self) -> Path:
        return self.path / "log"

    @property
    def files(self) -> Path:
        return self.path / "files"

    @property
    def mail(self) -> Path:
        return self.path / "mail"

    @property
    def static(self) -> Path:
        return self.path / "static"

    @property
    def postgres(self) -> Path:
        return self.path / "postgres"

    @property
    def redis(self) -> Path:
        return self.path / "redis"

    @property
    def sandbox_store(self) -> Path:
        return self.path / "sandbox.sqlite3"

    @property
    def credentials(self) -> Path:
        return self.path / "credentials.json"

    @property
    def virtual_environment(self) -> Path:
        return self.path / "venv"

    @property
    def system(self) -> Path:
        return self.path / "system"

    def prepare(self) -> None:
        """Make the directories that everything else takes for granted."""
        for directory in (self.path, self.run, self.log, self.files):
            directory.mkdir(parents=True, exist_ok=True)


def write_json(path: Path, content: object, *, mode: int = 0o600) -> None:
    """Replace ``path`` by the JSON of ``content`` in one step, so that no reader sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(content, stream, indent=1, ensure_ascii=False)
    os.chmod(name, mode)
    os.replace(name, path)


def read_json(path: Path) -> Any:
    """The content of a JSON file, or None when it is missing or unreadable as JSON."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None

"""The virtual environment: made once, taken up again when interrupted, renewed when requirements change."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from pathlib import Path

import pytest

from pepiniere.command.environment import STAMP, digest, ensure_environment, environment_python, is_complete
from pepiniere.embedded.errors import Refusal
from pepiniere.embedded.places import ROOT, StateDirectory


def wheel(directory: Path, version: str) -> str:
    """Write the wheel `tiny-<version>` and return its hash for a requirements file."""
    files = {
        "tiny.py": f"version = {version!r}\n",
        f"tiny-{version}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n",
        f"tiny-{version}.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{name},sha256={_urlsafe(text)},{len(text)}\n" for name, text in files.items())
    files[f"tiny-{version}.dist-info/RECORD"] = f"{record}tiny-{version}.dist-info/RECORD,,\n"
    path = directory / f"tiny-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _urlsafe(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).decode().rstrip("=")


@pytest.fixture
def requirements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of requirements that a folder of wheels satisfies, without any network."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    folder = tmp_path / "requirements"
    folder.mkdir()
    write(folder, "runtime", "1.0", wheel(tmp_path, "1.0"))
    write(folder, "dev", "1.0", wheel(tmp_path, "1.0"))
    return folder


def write(folder: Path, kind: str, version: str, sha256: str) -> None:
    (folder / f"{kind}.txt").write_text(f"tiny=={version} \\\n    --hash=sha256:{sha256}\n")


def installed(state: StateDirectory) -> str:
    path = next(state.virtual_environment.glob("lib/python*/site-packages/tiny.py"))
    return path.read_text().split("'")[1]


def test_its_whole_life(tmp_path: Path, requirements: Path, capsys: pytest.CaptureFixture[str]) -> None:
    state = StateDirectory(tmp_path / "var")
    stamp = state.virtual_environment / STAMP

    ensure_environment(state, "runtime", requirements=requirements)
    assert installed(state) == "1.0"
    assert is_complete(state, "runtime", requirements)
    assert not is_complete(state, "dev", requirements)
    assert "Installing 1 Python packages with checked hashes: done" in capsys.readouterr().out

    ensure_environment(state, "runtime", requirements=requirements)
    assert capsys.readouterr().out == ""

    # The larger set counts for the smaller one.
    ensure_environment(state, "dev", requirements=requirements)
    assert is_complete(state, "runtime", requirements)
    assert is_complete(state, "dev", requirements)
    assert "Making" not in capsys.readouterr().out

    # Changed requirements, then a hash that does not match: the stamp is gone until it is mended.
    write(requirements, "runtime", "2.0", "0" * 64)
    wheel(tmp_path, "2.0")
    with pytest.raises(Refusal, match=r"\A[^\n]*pip could not install[^\n]*\Z"):
        ensure_environment(state, "runtime", requirements=requirements)
    assert not stamp.exists()
    write(requirements, "runtime", "2.0", wheel(tmp_path, "2.0"))
    ensure_environment(state, "runtime", requirements=requirements)
    assert installed(state) == "2.0"
    assert not is_complete(state, "dev", requirements)

    # Interrupted while being made: no stamp, and not even a working interpreter.
    stamp.unlink()
    environment_python(state).unlink()
    capsys.readouterr()
    ensure_environment(state, "runtime", requirements=requirements)
    assert "Making the Python environment: done" in capsys.readouterr().out
    assert installed(state) == "2.0"

    # Moved with its repository: the paths inside are those of another place.
    moved = StateDirectory(tmp_path / "moved")
    state.path.rename(moved.path)
    assert not is_complete(moved, "runtime", requirements)


def test_the_development_set_holds_every_pin_of_the_running_set() -> None:
    def pins(kind: str) -> set[str]:
        lines = (ROOT / "requirements" / f"{kind}.txt").read_text().splitlines()
        return {line.split(" ")[0] for line in lines if "==" in line and not line.startswith((" ", "#"))}

    assert pins("runtime") <= pins("dev")
    assert all(
        "--hash=sha256:" in (ROOT / "requirements" / f"{kind}.txt").read_text() for kind in ("runtime", "dev")
    )


def test_the_digest_is_the_files(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    assert digest(tmp_path / "a.txt") == hashlib.sha256(b"a").hexdigest()

"""What WeasyPrint loads from the system, and what of it is missing."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

from pepiniere.command.system.unpacked import Unpacked

# HarfBuzz's subset library is optional for WeasyPrint, but without it an invoice takes 3.6 times as long.
LIBRARIES = (
    "libgobject-2.0.so.0",
    "libpango-1.0.so.0",
    "libharfbuzz.so.0",
    "libharfbuzz-subset.so.0",
    "libfontconfig.so.1",
    "libpangoft2-1.0.so.0",
)
PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0", "fonts-dejavu-core")
FONT_DIRECTORIES = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")


def missing_libraries(unpacked: Unpacked) -> list[str]:
    """The libraries that neither the system nor the unpacked packages hold, and `fonts` if there is none."""
    if not sys.platform.startswith("linux"):
        return []
    missing = [name for name in LIBRARIES if not loads(name) and not unpacked.holds_library(name)]
    if not _has_fonts(unpacked):
        missing.append("fonts")
    return missing


def loads(name: str) -> bool:
    """Whether the dynamic loader finds a library of this file name by itself."""
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def _has_fonts(unpacked: Unpacked) -> bool:
    directories = [Path(name).expanduser() for name in FONT_DIRECTORIES]
    directories.append(unpacked.path / "usr" / "share" / "fonts")
    return any(
        next(directory.rglob(pattern), None) for directory in directories for pattern in ("*.ttf", "*.otf")
    )

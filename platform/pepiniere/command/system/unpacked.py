"""Packages unpacked below the state directory, and the environment that makes programs find them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

FONT_RULES = ("30-metric-aliases.conf", "45-latin.conf", "49-sansserif.conf", "60-latin.conf")


@dataclass(frozen=True)
class Unpacked:
    """A directory laid out like `/` that holds unpacked packages, or nothing yet."""

    path: Path

    @property
    def library_directories(self) -> list[Path]:
        """Every directory with shared libraries, the general ones first."""
        found: list[Path] = []
        for base in (self.path / "usr" / "lib", self.path / "lib"):
            if base.is_symlink() or not base.is_dir():
                continue
            # Some packages keep private libraries one level down, found elsewhere by a fixed path.
            candidates = (base, *sorted(base.glob("*")), *sorted(base.glob("*/*")))
            found += [path for path in candidates if path.is_dir() and next(path.glob("lib*.so*"), None)]
        return sorted(found, key=lambda directory: len(directory.parts))

    def holds_library(self, name: str) -> bool:
        """Whether one of the directories has a library of this file name."""
        return any((directory / name).exists() for directory in self.library_directories)

    def environment(self) -> dict[str, str]:
        """The variables for programs that shall use what is unpacked; none when nothing is."""
        directories = self.library_directories
        if not directories:
            return {}
        before = os.environ.get("LD_LIBRARY_PATH", "").split(os.pathsep)
        paths = [str(directory) for directory in directories]
        paths += [path for path in before if path and path not in paths]
        values = {"LD_LIBRARY_PATH": os.pathsep.join(paths)}
        if (self.path / "usr" / "share" / "fonts").is_dir() or self.holds_library("libfontconfig.so.1"):
            values["FONTCONFIG_FILE"] = str(self._write_font_configuration())
        return values

    def _write_font_configuration(self) -> Path:
        target = self.path / "fonts.conf"
        rules = self.path / "usr" / "share" / "fontconfig" / "conf.avail"
        lines = [
            '<?xml version="1.0"?>',
            '<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">',
            "<fontconfig>",
            "  <dir>/usr/share/fonts</dir>",
            "  <dir>/usr/local/share/fonts</dir>",
            f"  <dir>{self.path}/usr/share/fonts</dir>",
            '  <dir prefix="xdg">fonts</dir>',
            '  <include ignore_missing="yes">/etc/fonts/conf.d</include>',
            *(f'  <include ignore_missing="yes">{rules / name}</include>' for name in FONT_RULES),
            f"  <cachedir>{self.path}/fontconfig-cache</cachedir>",
            "</fontconfig>",
        ]
        content = "\n".join(lines) + "\n"
        if not target.exists() or target.read_text(encoding="utf-8") != content:
            target.write_text(content, encoding="utf-8")
        return target

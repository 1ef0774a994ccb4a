"""Fetches the pinned browser assets into the web kit; run by a maintainer (needs npm), never by a user.

    python scripts/vendor_assets.py

Writes `platform/kernel/web/static/vendor/` anew: stylesheet, fonts, icon sprite, htmx, their licences
and `manifest.json` with package, version and sha256 of every file (a test compares them).
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
TARGET = ROOT / "platform" / "kernel" / "web" / "static" / "vendor"
sys.path.insert(0, str(ROOT / "platform"))

from kernel.web.icons import ICONS  # noqa: E402


@dataclass(frozen=True)
class Package:
    """One npm package, its exact version and which of its files become which of ours."""

    name: str
    version: str
    licence: str
    files: dict[str, str]


PACKAGES = (
    Package(
        name="@tabler/core",
        version="1.6.1",
        licence="MIT",
        files={"dist/css/tabler.min.css": "tabler/tabler.min.css"},
    ),
    Package(
        name="@fontsource-variable/inter",
        version="5.3.0",
        licence="OFL-1.1",
        files={
            "files/inter-latin-wght-normal.woff2": "inter/inter-latin.woff2",
            "files/inter-latin-ext-wght-normal.woff2": "inter/inter-latin-ext.woff2",
            "LICENSE": "inter/LICENSE.txt",
        },
    ),
    Package(
        name="@tabler/icons", version="3.51.0", licence="MIT", files={"LICENSE": "tabler-icons/LICENSE.txt"}
    ),
)
# The stylesheet's package holds no licence file: its header names the MIT licence and these holders.
TABLER_HOLDERS = "Copyright (c) 2018-2026 The Tabler Authors, codecalm.net Paweł Kuna"


def unpack(package: Package, folder: Path) -> Path:
    """The package's files in a folder of its own."""
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is needed: this is a maintainer's script.")
    done = subprocess.run(  # noqa: S603
        [npm, "pack", "--silent", f"{package.name}@{package.version}"],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    unpacked = folder / re.sub(r"\W+", "-", package.name)
    with tarfile.open(folder / done.stdout.split()[-1]) as archive:
        archive.extractall(unpacked, filter="data")
    return unpacked / "package"


def without_source_map(content: bytes) -> bytes:
    """The file without its pointer to a source map that we don't carry."""
    return re.sub(rb"\n?/[*/]# sourceMappingURL=[^\n]*", b"", content)


def sprite(icons: Path) -> bytes:
    """One SVG file with a symbol for each name of `kernel.web.icons.ICONS`."""
    symbols = []
    for name in sorted(ICONS):
        drawing = (icons / f"{name}.svg").read_text(encoding="utf-8")
        paths = re.findall(r"<(?:path|circle|rect|line|polyline|ellipse)[^>]*/>", drawing)
        drawn = "".join(re.sub(r"\s*/>$", "/>", path) for path in paths if 'stroke="none"' not in path)
        symbols.append(
            f'<symbol id="{name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" '
            f'stroke-linecap="round" stroke-linejoin="round">{drawn}</symbol>'
        )
    body = "\n".join(symbols)
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>\n'.encode()


def htmx() -> tuple[str, bytes]:
    """Version and text of the htmx 2 file that django-htmx carries."""
    import django_htmx

    content = (Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.min.js").read_bytes()
    found = re.search(rb'version:"(2\.[\d.]+)"', content)
    if found is None:
        raise SystemExit("django-htmx's htmx-2.min.js names no version 2.")
    return found.group(1).decode(), content


def main() -> None:
    """Fetch, write, and list what was written."""
    files: dict[str, bytes] = {}
    packages: dict[str, dict[str, object]] = {}

    def keep(package: str, package_version: str, licence: str, path: str, content: bytes) -> None:
        files[path] = content
        entry = packages.setdefault(package, {"version": package_version, "licence": licence, "files": {}})
        entry["files"][path] = hashlib.sha256(content).hexdigest()  # type: ignore[index]

    with tempfile.TemporaryDirectory() as scratch:
        unpacked = {package.name: unpack(package, Path(scratch)) for package in PACKAGES}
        for package in PACKAGES:
            for source, path in package.files.items():
                content = (unpacked[package.name] / source).read_bytes()
                keep(package.name, package.version, package.licence, path, without_source_map(content))
        core, _, icons = PACKAGES
        mit = (unpacked[icons.name] / "LICENSE").read_text(encoding="utf-8")
        theirs = re.sub(r"(?m)^Copyright .*$", TABLER_HOLDERS, mit, count=1)
        keep(core.name, core.version, core.licence, "tabler/LICENSE.txt", theirs.encode())
        outline = unpacked[icons.name] / "icons" / "outline"
        keep(icons.name, icons.version, icons.licence, "tabler-icons/sprite.svg", sprite(outline))
    htmx_version, htmx_text = htmx()
    keep("htmx.org", htmx_version, "0BSD", "htmx/htmx.min.js", htmx_text)
    keep("htmx.org", htmx_version, "0BSD", "htmx/LICENSE.txt", ZERO_CLAUSE_BSD.encode())

    shutil.rmtree(TARGET, ignore_errors=True)
    for path, content in files.items():
        (TARGET / path).parent.mkdir(parents=True, exist_ok=True)
        (TARGET / path).write_bytes(content)
    manifest = {"django-htmx": version("django-htmx"), "packages": packages}
    (TARGET / "manifest.json").write_text(
        json.dumps(manifest, indent=2, sort_keys=True) + "\n", encoding="utf-8"
    )
    for path in sorted(files):
        print(f"{len(files[path]):>9,}  {path}")


ZERO_CLAUSE_BSD = """\
Zero-Clause BSD
=============

Permission to use, copy, modify, and/or distribute this software for
any purpose with or without fee is hereby granted.

THE SOFTWARE IS PROVIDED “AS IS” AND THE AUTHOR DISCLAIMS ALL
WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES
OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE
FOR ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY
DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN
AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT
OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.
"""

if __name__ == "__main__":
    main()

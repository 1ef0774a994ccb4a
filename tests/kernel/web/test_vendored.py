"""What others wrote is here as they published it, with their licence, and asks nothing of other hosts."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from django.conf import settings

import kernel.web
from kernel.web.icons import FALLBACK_ICON, ICONS

STATIC = Path(kernel.web.__file__).parent / "static"
VENDOR = STATIC / "vendor"
TEMPLATES = Path(settings.TEMPLATES[0]["DIRS"][0])
MANIFEST = json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))


def test_files_are_those_of_the_manifest() -> None:
    """No file more, none less, none changed."""
    listed = {
        path: digest for package in MANIFEST["packages"].values() for path, digest in package["files"].items()
    }
    present = {str(path.relative_to(VENDOR)) for path in VENDOR.rglob("*") if path.is_file()} - {
        "manifest.json"
    }
    assert present == set(listed)
    for path, digest in listed.items():
        assert hashlib.sha256((VENDOR / path).read_bytes()).hexdigest() == digest, path


def test_every_package_has_version_and_licence() -> None:
    """Named and in full."""
    for name, package in MANIFEST["packages"].items():
        assert re.fullmatch(r"\d+\.\d+\.\d+", package["version"]), name
        assert package["licence"] in {"MIT", "0BSD", "OFL-1.1"}
        assert any(path.endswith("LICENSE.txt") for path in package["files"]), name


def test_htmx_is_the_second() -> None:
    """Not the one in the making that django-htmx ships beside it."""
    assert MANIFEST["packages"]["htmx.org"]["version"].startswith("2.")


def test_the_sprite_holds_the_icons() -> None:
    """Each once, without colours or scripts of its own."""
    sprite = (VENDOR / "tabler-icons" / "sprite.svg").read_text(encoding="utf-8")
    assert sorted(re.findall(r'<symbol id="([^"]+)"', sprite)) == sorted(ICONS)
    assert FALLBACK_ICON in ICONS
    assert "<script" not in sprite


def test_templates_ask_only_for_icons_that_are_there() -> None:
    """A name with a typing error would draw a point."""
    for path in TEMPLATES.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        names = re.findall(r'{% icon "([^"]+)"', text) + re.findall(r'icon_name="([^"]+)"', text)
        assert set(names) <= ICONS, path


def test_nothing_is_loaded_from_elsewhere() -> None:
    """All assets are served by us; pictures in stylesheets are data."""
    for path in STATIC.rglob("*.css"):
        for address in re.findall(r"url\(\s*[\"']?([^\"')]+)", path.read_text(encoding="utf-8")):
            assert address.startswith(("data:", "../vendor/")), (path, address)
    for path in STATIC.rglob("*.js"):
        assert "sourceMappingURL" not in path.read_text(encoding="utf-8")


def test_our_script_evaluates_nothing() -> None:
    """What the policy would refuse is not there in the first place."""
    script = (STATIC / "web" / "pepiniere.js").read_text(encoding="utf-8")
    assert not re.search(r"\beval\(|new Function|innerHTML|document\.write|setTimeout\(\s*[\"']", script)

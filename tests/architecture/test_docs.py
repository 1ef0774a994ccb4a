"""What the documentation points at exists: files, headings, commands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from pepiniere.command.catalogue import COMMANDS
from tests.architecture.source import ROOT, name

_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"\./pepiniere ([a-z]+)")
_DJANGO = re.compile(r"(?:\./pepiniere manage|python -m django) ([a-z_]+)")
_SCRIPT = re.compile(r"(?<![\w./-])((?:scripts|tests|\.ci)/[\w./-]+)")


def pages() -> list[Path]:
    """Every page of Markdown in the repository, without what is installed or made."""
    left_out = {"var", ".git", "node_modules", "__pycache__"}
    return sorted(path for path in ROOT.rglob("*.md") if not left_out & set(path.relative_to(ROOT).parts))


def anchors(path: Path) -> set[str]:
    """The headings of a page as addresses inside of it."""
    text = _FENCE.sub("", path.read_text(encoding="utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(path: Path) -> list[str]:
    """The targets of a page's links that are inside the repository."""
    text = _FENCE.sub("", path.read_text(encoding="utf-8"))
    found = [first or second for first, second in _LINK.findall(text)]
    return [target for target in found if not re.match(r"[a-z]+:", target)]


@pytest.mark.parametrize("path", pages(), ids=name)
def test_every_link_leads_somewhere(path: Path) -> None:
    dead = []
    for target in links(path):
        file, _hash, anchor = target.partition("#")
        there = (path.parent / file).resolve() if file else path
        if not there.exists() or (anchor and anchor not in anchors(there)):
            dead.append(target)
    assert dead == []


def test_every_page_of_the_documentation_is_reached_from_its_index() -> None:
    reached: set[Path] = set()
    waiting = [ROOT / "docs" / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        for target in links(page):
            there = (page.parent / target.partition("#")[0]).resolve()
            if there.suffix == ".md" and there.exists():
                waiting.append(there)
    assert [
        name(page) for page in pages() if page.is_relative_to(ROOT / "docs") and page not in reached
    ] == []


def test_every_command_that_is_named_exists() -> None:
    unknown = []
    django = set(get_commands())
    for path in pages():
        text = path.read_text(encoding="utf-8")
        unknown += [
            f"{name(path)}: ./pepiniere {word}" for word in _COMMAND.findall(text) if word not in COMMANDS
        ]
        unknown += [f"{name(path)}: manage {word}" for word in _DJANGO.findall(text) if word not in django]
        unknown += [
            f"{name(path)}: {script}" for script in _SCRIPT.findall(text) if not (ROOT / script).exists()
        ]
    assert unknown == []


def test_every_label_that_is_quoted_is_a_label_of_the_product() -> None:
    """Guides quote the screens « so »; a label that was changed there is changed here."""
    quoted = {
        (name(path), label)
        for path in pages()
        if path.parent in (ROOT / "docs" / "operators", ROOT / "docs" / "providers", ROOT / "docs" / "api")
        for label in re.findall(r"« ([^»]+) »", _FENCE.sub("", path.read_text(encoding="utf-8")))
    }
    written = "\n".join(
        _plain(path.read_text(encoding="utf-8"))
        for folder in ("templates", "services", "billing", "tenants", "platform")
        for pattern in ("*.html", "*.txt", "*.py")
        for path in (ROOT / folder).rglob(pattern)
    )
    assert len(quoted) > 60
    assert sorted(pair for pair in quoted if _plain(pair[1]) not in written) == []


def _plain(text: str) -> str:
    """Without the difference between kinds of apostrophes and of spaces."""
    return text.replace("’", "'").replace("\u00a0", " ").replace("\u202f", " ")

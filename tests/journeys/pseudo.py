"""A language in which every translated text stands between brackets, made of all catalogues at test time."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polib
from django.utils.translation import trans_real
from lxml import html

ROOT = Path(__file__).resolve().parents[2]
OPEN, CLOSE = "⟦", "⟧"
# Patterns for dates and numbers are no texts.
TECHNICAL = re.compile(r"_FORMAT$|^(DECIMAL|THOUSAND)_SEPARATOR$|^$")
ATTRIBUTES = (
    "title",
    "aria-label",
    "placeholder",
    "alt",
    "data-copied",
    "data-status",
    "aria-roledescription",
)
SILENT = ("script", "style", "template", "code", "kbd", "svg")


def write_catalogue(folder: Path, language: str = "fr") -> None:
    """`<folder>/<language>/LC_MESSAGES/django.mo` with Django's, allauth's and our texts in brackets."""
    file = polib.POFile()
    file.metadata = {
        "Content-Type": "text/plain; charset=utf-8",
        "Plural-Forms": "nplurals=2; plural=(n > 1);",
        "Language": language,
    }
    singles: dict[tuple[str | None, str], str] = {}
    plurals: dict[tuple[str | None, str], dict[int, str]] = {}
    for key, value in _known(language):
        if isinstance(key, tuple):
            context, text = _split(key[0])
            plurals.setdefault((context, text), {})[int(key[1])] = str(value)
        elif not TECHNICAL.search(key):
            singles[_split(key)] = str(value)
    for context, singular, plural in _ours():
        if plural is None:
            singles[context, singular] = singular
        else:
            plurals[context, singular] = {0: singular, 1: plural}
    for (context, text), forms in plurals.items():
        bracketed = {form: _bracketed(forms.get(form, forms[0])) for form in (0, 1)}
        file.append(polib.POEntry(msgctxt=context, msgid=text, msgid_plural=text, msgstr_plural=bracketed))
    for (context, text), value in singles.items():
        if (context, text) not in plurals:
            file.append(polib.POEntry(msgctxt=context, msgid=text, msgstr=_bracketed(value)))
    target = folder / language / "LC_MESSAGES"
    target.mkdir(parents=True)
    file.save_as_mofile(str(target / "django.mo"))


def _bracketed(text: str) -> str:
    return f"{OPEN}{text}{CLOSE}"


def _known(language: str) -> Iterator[tuple[Any, str]]:
    translation: Any = trans_real.translation(language)
    for layer in translation._catalog._catalogs:
        yield from layer.items()


def _split(key: str) -> tuple[str | None, str]:
    context, mark, text = key.partition("\x04")
    return (context, text) if mark else (None, key)


def _ours() -> Iterator[tuple[str | None, str, str | None]]:
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    from scripts.catalogues import texts

    yield from texts()


def unmarked(page: str, known: re.Pattern[str]) -> list[str]:
    """What a person reads or hears on a page and no bracket encloses; ``known`` are names and codes."""
    document: Any = html.fromstring(page)
    for element in list(document.iter(*SILENT)):
        element.drop_tree() if element.getparent() is not None else None
    for comment in list(document.iter(html.etree.Comment)):
        comment.drop_tree()
    said = ["".join(document.itertext())]
    for element in document.iter():
        said += [element.get(name) for name in ATTRIBUTES if element.get(name)]
        if element.tag == "input" and element.get("type") in ("submit", "button"):
            said.append(element.get("value") or "")
    found: list[str] = []
    for text in said:
        for line in _outside(text).splitlines():
            rest = known.sub(" ", line)
            if re.search(r"[^\W\d_]{2,}", rest):
                found.append(" ".join(line.split()))
    return list(dict.fromkeys(found))


def _outside(text: str) -> str:
    """The text without what stands between brackets, which may be nested."""
    depth, kept = 0, []
    for letter in text:
        depth += letter == OPEN
        if depth == 0:
            kept.append(letter)
        elif letter == CLOSE:
            depth -= 1
            # Two texts side by side are two lines for who reads the findings.
            kept.append("\n" if depth == 0 else "")
    return "".join(kept)

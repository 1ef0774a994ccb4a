"""Brings the translation catalogues up to date with the texts of code and templates.

Texts are written in French, so French needs entries for plurals only; English needs every one. Both have
the texts of libraries that the product says otherwise (`scripts/foreign_texts.py`). Run
`python scripts/catalogues.py`, translate what it lists, run it again. It needs no GNU gettext.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
from babel.messages.extract import extract_python

ROOT = Path(__file__).resolve().parent.parent
if str(ROOT) not in sys.path:
    # Run as a program, it stands beside its package.
    sys.path.insert(0, str(ROOT))

from scripts.foreign_texts import FOREIGN  # noqa: E402

LOCALE = ROOT / "locale"
FOREIGN_FILE = "scripts/foreign_texts.py"
SOURCES = ("platform", "tenants", "billing", "services", "templates")
# The sandbox gateway is a program of its own with its own words.
LEFT_OUT = ("billing/sandbox", "platform/kernel/web/static", "platform/pepiniere/demonstration/data")
KEYWORDS: dict[
    str, tuple[int, ...] | tuple[tuple[int, str], int] | tuple[tuple[int, str], int, int] | None
] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}

Key = tuple[str | None, str, str | None]


def texts() -> dict[Key, str]:
    """All texts of the product: (context, singular, plural) to the first file that has it."""
    found: dict[Key, str] = {}
    for file in _files():
        name = str(file.relative_to(ROOT))
        for key in _texts_of(file):
            found.setdefault(key, name)
    for text in FOREIGN:
        found.setdefault((None, text, None), FOREIGN_FILE)
    return found


def _files() -> Iterator[Path]:
    for source in SOURCES:
        for file in sorted((ROOT / source).rglob("*")):
            name = str(file.relative_to(ROOT))
            if file.suffix in (".py", ".html", ".txt") and not name.startswith(LEFT_OUT):
                yield file


def _texts_of(file: Path) -> Iterator[Key]:
    source = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        from django.utils.translation.template import templatize

        # What is left around the calls is filler: its indentation must not be read as Python's.
        source = "\n".join(line.strip() for line in templatize(source, origin=str(file)).splitlines())
    stream = io.BytesIO(source.encode("utf-8"))
    for _line, function, message, _comments in extract_python(
        stream, list(KEYWORDS), [], {"encoding": "utf-8"}
    ):
        yield from _key(function, message)


def _key(function: str, message: str | tuple[str | None, ...] | list[str | None] | None) -> Iterator[Key]:
    # A call with something else than a text in it: that text is marked where it is written.
    parts = [message] if message is None or isinstance(message, str) else list(message)
    if not parts or not parts[0]:
        return
    context = parts.pop(0) if "pgettext" in function else None
    singular = parts[0] if parts else None
    plural = parts[1] if len(parts) > 1 and function.startswith(("n", "np")) else None
    if singular:
        yield context, singular, plural


def catalogue(language: str) -> polib.POFile:
    """The stored catalogue, or a new one."""
    path = LOCALE / language / "LC_MESSAGES" / "django.po"
    if path.exists():
        return polib.pofile(str(path), wrapwidth=100)
    path.parent.mkdir(parents=True, exist_ok=True)
    new = polib.POFile(wrapwidth=100)
    new.fpath = str(path)
    rule = "nplurals=2; plural=(n > 1);" if language == "fr" else "nplurals=2; plural=(n != 1);"
    new.metadata = {
        "Project-Id-Version": "Pépinière",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": rule,
    }
    return new


def update(language: str, wanted: dict[Key, str]) -> polib.POFile:
    """Add new texts, drop those no longer used, keep translations; French plurals translate to themselves,
    texts of libraries to what is written for them."""
    stored = catalogue(language)
    known = {(entry.msgctxt, entry.msgid, entry.msgid_plural or None): entry for entry in stored}
    updated = catalogue(language)
    updated.clear()
    for (context, singular, plural), file in sorted(wanted.items(), key=lambda item: (item[1], item[0][1])):
        foreign = file == FOREIGN_FILE
        if language == "fr" and plural is None and not foreign:
            continue
        entry = known.get((context, singular, plural)) or polib.POEntry(msgctxt=context, msgid=singular)
        if plural is not None:
            entry.msgid_plural = plural
            if language == "fr":
                entry.msgstr_plural = {0: singular, 1: plural}
            elif not entry.msgstr_plural:
                entry.msgstr_plural = {0: "", 1: ""}
        if foreign:
            entry.msgstr = FOREIGN[singular][0 if language == "fr" else 1]
        entry.occurrences = [(file, "")]
        updated.append(entry)
    return updated


def main() -> int:
    """Update both catalogues and compile them; exit 1 while texts are left to translate."""
    wanted = texts()
    missing = 0
    for language in ("fr", "en"):
        updated = update(language, wanted)
        path = LOCALE / language / "LC_MESSAGES" / "django.po"
        updated.save(str(path))
        updated.save_as_mofile(str(path.with_suffix(".mo")))
        untranslated = updated.untranslated_entries()
        missing += len(untranslated)
        print(f"{language}: {len(updated)} texts, {len(untranslated)} to translate")
    return 1 if missing else 0


if __name__ == "__main__":
    from django.conf import settings

    if not settings.configured:
        settings.configure()
    raise SystemExit(main())

"""The English catalogue says everything, says nothing that is gone, and is compiled from what it says."""

from __future__ import annotations

import string
from typing import Any

import polib
import pytest

from scripts.catalogues import LOCALE, texts


@pytest.fixture(scope="module")
def english() -> Any:
    """The catalogue as its source has it."""
    return polib.pofile(str(LOCALE / "en" / "LC_MESSAGES" / "django.po"))


def test_every_text_is_translated(english: Any) -> None:
    """No entry is empty or doubtful."""
    assert [entry.msgid for entry in english.untranslated_entries()] == []
    assert [entry.msgid for entry in english.fuzzy_entries()] == []


def test_the_catalogue_has_the_texts_of_the_code(english: Any) -> None:
    """All of them and no other."""
    stored = {(entry.msgctxt, entry.msgid, entry.msgid_plural or None) for entry in english}
    wanted = set(texts())
    assert sorted(map(str, wanted - stored)) == []
    assert sorted(map(str, stored - wanted)) == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_what_is_compiled_is_what_is_written(language: str) -> None:
    """The .mo file holds the entries of the .po file."""
    folder = LOCALE / language / "LC_MESSAGES"
    written, compiled = polib.pofile(str(folder / "django.po")), polib.mofile(str(folder / "django.mo"))

    def entries(file: Any) -> dict[Any, Any]:
        return {
            (entry.msgctxt, entry.msgid): entry.msgstr_plural or entry.msgstr
            for entry in file
            if entry.msgstr or entry.msgstr_plural
        }

    assert entries(compiled) == entries(written)


def test_translations_keep_the_places_for_values(english: Any) -> None:
    """`%(name)s` in one is `%(name)s` in the other."""
    wrong = []
    for entry in english:
        for translation in [entry.msgstr] if not entry.msgid_plural else entry.msgstr_plural.values():
            known = _places(entry.msgid) | _places(entry.msgid_plural or "")
            if not _places(translation) <= known:
                wrong.append(entry.msgid)
            if not entry.msgid_plural and _places(entry.msgid) != _places(translation):
                wrong.append(entry.msgid)
    assert wrong == []


def _places(text: str) -> set[str]:
    named = {part.split(")")[0] for part in text.split("%(")[1:]}
    braces = {name for _, name, _, _ in string.Formatter().parse(text) if name} if "{" in text else set()
    return named | braces

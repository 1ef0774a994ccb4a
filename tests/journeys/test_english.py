"""The English catalogue says everything, says nothing that is gone, and is compiled from what it says."""

from __future__ import annotations

import re
import string
from collections import Counter
from pathlib import Path
from typing import Any

import django
import polib
import pytest
from django.apps import apps
from django.utils import translation
from django.utils.translation import gettext

from scripts.catalogues import LOCALE, texts
from scripts.foreign_texts import FOREIGN

TEMPLATES = LOCALE.parent / "templates"
# An apostrophe of typewriters between letters, and how French sets its punctuation.
TYPED = re.compile(r"(?<=\w)'(?=\w)")
FRENCH_SIGNS = re.compile(r"[«»\u202f]|[ \u00a0][:;?!](?!\w)")


@pytest.fixture(scope="module")
def english() -> Any:
    """The catalogue as its source has it."""
    return polib.pofile(str(LOCALE / "en" / "LC_MESSAGES" / "django.po"))


def test_every_text_is_translated(english: Any) -> None:
    """No entry is empty or doubtful."""
    assert [entry.msgid for entry in english.untranslated_entries()] == []
    assert [entry.msgid for entry in english.fuzzy_entries()] == []


def test_the_catalogue_has_the_markedof_the_code(english: Any) -> None:
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
        for said in [entry.msgstr] if not entry.msgid_plural else entry.msgstr_plural.values():
            known = _places(entry.msgid) | _places(entry.msgid_plural or "")
            if not _places(said) <= known:
                wrong.append(entry.msgid)
            if not entry.msgid_plural and _places(entry.msgid) != _places(said):
                wrong.append(entry.msgid)
    assert wrong == []


def test_translations_keep_the_tags(english: Any) -> None:
    """The same elements with the same attributes, each as often."""
    wrong = []
    for entry in english:
        for source, said in _forms(entry):
            if _tags(source) != _tags(said):
                wrong.append(entry.msgid)
    assert wrong == []


def test_translations_keep_the_spaces_at_their_ends(english: Any) -> None:
    """What a text joins stays apart."""

    def ends(text: str) -> tuple[bool, bool]:
        return text[:1].isspace(), text[-1:].isspace()

    assert [
        entry.msgid for entry in english for one, other in _forms(entry) if ends(one) != ends(other)
    ] == []


def test_each_language_has_its_own_signs(english: Any) -> None:
    """Printed apostrophes in both; no quotation mark and no space before a colon of French in English."""
    for entry in english:
        for source, said in _forms(entry):
            assert not TYPED.search(said), said
            assert not FRENCH_SIGNS.search(said), said
            assert entry.msgid in FOREIGN or not TYPED.search(source), source


def test_no_french_sign_stands_outside_the_texts() -> None:
    """A colon between two values is set by `with_colon`, or belongs to a text."""
    # What is heard only has no signs to be seen.
    heard = r"<span class=\"visually-hidden\">.*?</span>"
    marked = re.compile(
        heard + r"|{% blocktranslate.*?{% endblocktranslate %}|{%.*?%}|{#.*?#}|<[^>]*>", re.DOTALL
    )
    found = [
        f"{path.relative_to(TEMPLATES)}: {line.strip()}"
        for path in sorted(TEMPLATES.rglob("*.*"))
        for line in marked.sub("", path.read_text(encoding="utf-8")).splitlines()
        if re.search(r"[ \u00a0][:;?!](\s|$)|[«»]", line)
    ]
    assert found == []


def test_a_plural_has_two_forms(english: Any) -> None:
    """One and several: neither is empty, and the count of several is said."""
    for entry in english:
        if entry.msgid_plural:
            assert set(entry.msgstr_plural) == {0, 1}
            assert all(entry.msgstr_plural.values()), entry.msgid
            assert _places(entry.msgid_plural) == _places(entry.msgstr_plural[1]), entry.msgid


@pytest.mark.parametrize("language", ["fr", "en"])
def test_markedof_libraries_are_said_in_the_products_words(language: str) -> None:
    """Ours come before theirs, and no entry is left for a text that no library has any more."""
    theirs = _said_by_libraries()
    with translation.override(language):
        for text, words in FOREIGN.items():
            assert gettext(text) == words[0 if language == "fr" else 1]
            assert text in theirs, f"no library says “{text}”"


def test_french_says_e_mail() -> None:
    """Never another word for it, whoever wrote the text."""
    with translation.override("fr"):
        for text in ("Email", "Email address", "Enter a valid email address.", "email address"):
            assert "e-mail" in gettext(text).lower()


def _said_by_libraries() -> set[str]:
    folders = [Path(django.__file__).parent / "conf", *(Path(app.path) for app in apps.get_app_configs())]
    files = [folder / "locale" / "fr" / "LC_MESSAGES" / "django.mo" for folder in folders]
    return {entry.msgid for file in files if file.exists() for entry in polib.mofile(str(file))}


def _forms(entry: Any) -> list[tuple[str, str]]:
    if not entry.msgid_plural:
        return [(entry.msgid, entry.msgstr)]
    return [(entry.msgid, entry.msgstr_plural[0]), (entry.msgid_plural, entry.msgstr_plural[1])]


def _tags(text: str) -> Counter[str]:
    return Counter(re.findall(r"</?[a-z][^>]*>", text))


def _places(text: str) -> set[str]:
    named = {part.split(")")[0] for part in text.split("%(")[1:]}
    braces = {name for _, name, _, _ in string.Formatter().parse(text) if name} if "{" in text else set()
    return named | braces

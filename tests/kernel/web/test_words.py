"""Texts that tenants write: in the page's language where they have it, else marked as French."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from django.template import engines
from django.utils import translation

BOTH = {"name": "Chèque « site »", "name_en": "Website <cheque>"}


def rendered(owner: Any, language: str) -> str:
    source = '<p{% language_of owner "name" %}>{{ owner|said:"name" }}</p>'
    with translation.override(language):
        return engines["django"].from_string(source).render({"owner": owner})


@pytest.mark.parametrize(
    ("given", "language", "expected"),
    [
        (BOTH, "fr", "<p>Chèque « site »</p>"),
        (BOTH, "en", "<p>Website &lt;cheque&gt;</p>"),
        ({**BOTH, "name_en": ""}, "fr", "<p>Chèque « site »</p>"),
        ({**BOTH, "name_en": ""}, "en", '<p lang="fr"><span lang="fr">Chèque « site »</span></p>'),
        ({"name": "Chèque"}, "en", '<p lang="fr"><span lang="fr">Chèque</span></p>'),
    ],
)
def test_what_is_not_translated_is_marked(given: dict[str, str], language: str, expected: str) -> None:
    assert rendered(SimpleNamespace(**given), language) == expected


def test_answers_of_a_form_are_plain_dictionaries() -> None:
    source = '<li{% language_of owner "label" %}></li>'
    template = engines["django"].from_string(source)
    with translation.override("en"):
        assert template.render({"owner": {"label": "Nom", "label_en": "Name"}}) == "<li></li>"
        assert template.render({"owner": {"label": "Nom"}}) == '<li lang="fr"></li>'

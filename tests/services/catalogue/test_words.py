"""Words of a search lose what does not matter: case, accents, plurals, articles."""

from __future__ import annotations

import pytest

from services.catalogue.finding.words import MAXIMUM_WORDS, search_text, search_words, singular, surface_words


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("Un site pour mon entreprise", ["site", "entreprise"]),
        ("SITES vitrines", ["sites", "vitrines"]),
        ("l’œuvre d’été", ["oeuvre", "ete"]),
        ("les réseaux sociaux", ["reseaux", "sociaux"]),
        ("colis  colis", ["colis"]),
        ("?!", []),
        ("de la", []),
    ],
)
def test_words_of_a_query(query: str, words: list[str]) -> None:
    assert search_words(query) == words


def test_a_long_query_is_cut() -> None:
    assert len(search_words(" ".join(f"mot{n}" for n in range(50)))) == MAXIMUM_WORDS


@pytest.mark.parametrize(
    ("plural", "one"),
    [
        ("reseaux", "reseau"),
        ("animaux", "animal"),
        ("sites", "site"),
        ("prix", "pri"),
        ("colis", "coli"),
        ("bas", "bas"),
        ("eau", "eau"),
    ],
)
def test_plurals_are_taken_off(plural: str, one: str) -> None:
    assert singular(plural) == one


def test_a_text_is_folded() -> None:
    assert search_text(["Été", "", "l’Œuvre"]) == "ete l'oeuvre"


def test_each_word_keeps_how_it_is_written() -> None:
    assert list(surface_words("Référencement de l’Été")) == [
        ("referencement", "Référencement"),
        ("ete", "Été"),
    ]

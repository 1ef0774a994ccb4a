"""Words of a search lose what does not matter: case, accents, plurals, articles."""

from __future__ import annotations

import pytest

from services.catalogue.text import MAXIMUM_WORDS, search_text, search_words


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("Un site pour mon entreprise", ["site", "entreprise"]),
        ("SITES vitrines", ["site", "vitrine"]),
        ("l’œuvre d’été", ["oeuvre", "ete"]),
        ("les réseaux sociaux", ["resea", "socia"]),
        ("colis  colis", ["coli"]),
        ("?!", []),
        ("de la", []),
    ],
)
def test_words_of_a_query(query: str, words: list[str]) -> None:
    assert search_words(query) == words


def test_a_long_query_is_cut() -> None:
    assert len(search_words(" ".join(f"mot{n}" for n in range(50)))) == MAXIMUM_WORDS


@pytest.mark.parametrize(
    ("query", "text"), [("réseaux", "Réseau social"), ("animaux", "Animal"), ("prix", "Prix")]
)
def test_every_word_of_a_query_is_found_in_the_text_it_means(query: str, text: str) -> None:
    assert all(word in search_text([text]) for word in search_words(query))

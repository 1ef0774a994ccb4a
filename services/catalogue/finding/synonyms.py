"""Words of the same meaning: those that all tenants have and those that a tenant adds."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.core.cache import cache

from services.catalogue.finding.words import search_words, singular
from services.catalogue.models import SynonymGroup

SYNONYMS_KEY = "catalogue:synonyms"
SYNONYMS_SECONDS = 300

Phrase = tuple[str, ...]


@dataclass(frozen=True)
class Synonyms:
    """By the singular words of a phrase all phrases that mean the same, itself left out."""

    meanings: dict[Phrase, tuple[Phrase, ...]]
    longest: int

    def at(self, words: Sequence[str], start: int) -> tuple[int, tuple[Phrase, ...]]:
        """The longest known phrase that begins at ``start``: how many words it has and what it may be called.

        (1, ()) when the word means only itself.
        """
        for length in range(min(self.longest, len(words) - start), 0, -1):
            phrase = _singular(words[start : start + length])
            if phrase in self.meanings:
                return length, self.meanings[phrase]
        return 1, ()


def known_synonyms() -> Synonyms:
    """Ours and the tenant's own; no statement while the cache holds them."""
    own: tuple[tuple[str, ...], ...] | None = cache.get(SYNONYMS_KEY)
    if own is None:
        own = tuple(tuple(terms) for terms in SynonymGroup.objects.values_list("terms", flat=True))
        cache.set(SYNONYMS_KEY, own, SYNONYMS_SECONDS)
    return _built(own)


def forget_synonyms() -> None:
    """Read the tenant's groups again: for whoever has just changed them."""
    cache.delete(SYNONYMS_KEY)


def synonym_terms() -> Iterable[str]:
    """Every term of every group, as it is written."""
    for terms in (*_ours(), *SynonymGroup.objects.values_list("terms", flat=True)):
        yield from terms


@lru_cache(maxsize=1)
def _ours() -> tuple[tuple[str, ...], ...]:
    written = json.loads((Path(__file__).parent / "synonyms.json").read_text(encoding="utf-8"))
    return tuple(tuple(terms) for terms in (*written["fr"], *written["en"]))


@lru_cache(maxsize=256)
def _built(own: tuple[tuple[str, ...], ...]) -> Synonyms:
    meanings: dict[Phrase, dict[Phrase, None]] = {}
    for terms in (*_ours(), *own):
        phrases = {_singular(phrase): phrase for term in terms if (phrase := tuple(search_words(term)))}
        for key in phrases:
            others = {phrase: None for other, phrase in phrases.items() if other != key}
            meanings.setdefault(key, {}).update(others)
    return Synonyms(
        meanings={phrase: tuple(others) for phrase, others in meanings.items()},
        longest=max(map(len, meanings), default=1),
    )


def _singular(phrase: Sequence[str]) -> Phrase:
    return tuple(singular(word) for word in phrase)

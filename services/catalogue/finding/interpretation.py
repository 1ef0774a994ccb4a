"""What a query means: its words put right, joined by words that mean the same, as a PostgreSQL query."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from django.contrib.postgres.search import CombinedSearchQuery, SearchQuery
from django.db import connection

from services.catalogue.finding.synonyms import Phrase, known_synonyms
from services.catalogue.finding.words import search_words, singular

# Shorter words are left as they are typed: too much is near them.
LEAST_LETTERS = 4
# Letters wrong, missing or too many; two that changed places count as two.
LETTERS_FOR_TWO_SLIPS = 6
UNFINISHED = ":*"
# Between the words of a phrase stand articles at most.
GAPS = (1, 2, 3)
# Said beside what is looked for; alone they count.
WEAK_WORDS = frozenset(
    re.findall(
        r"\w+",
        "activite aide boite entreprise metier nouveau nouvelle petit petite prestation professionnel projet"
        " service societe business company help small",
    )
)


@dataclass(frozen=True)
class Concept:
    """One thing that is looked for: as it was typed, and what else it is called."""

    typed: Phrase
    others: tuple[Phrase, ...] = ()


@dataclass(frozen=True)
class Interpretation:
    """A query understood; ``corrections`` are pairs of what was typed and what was searched instead."""

    concepts: tuple[Concept, ...] = ()
    corrections: tuple[tuple[str, str], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether no word says what is looked for."""
        return not self.concepts

    @property
    def heads(self) -> tuple[str, ...]:
        """First words of all names of what is looked for: a French name begins with what the thing is."""
        names = (phrase for concept in self.concepts for phrase in (concept.typed, *concept.others))
        return tuple(dict.fromkeys(singular(phrase[0].removesuffix(UNFINISHED)) for phrase in names))

    def typed(self) -> SearchQuery | CombinedSearchQuery:
        """All that was typed, without other names: what comes first."""
        return _query(" & ".join(_phrase(concept.typed) for concept in self.concepts))

    def everything(self) -> SearchQuery | CombinedSearchQuery:
        """All things looked for, by any of their names."""
        return _query(" & ".join(_names(concept) for concept in self.concepts))

    def anything(self) -> SearchQuery | CombinedSearchQuery:
        """Any of the things looked for: what is nearest when nothing has them all."""
        return _query(" | ".join(_names(concept) for concept in self.concepts))


def interpret(text: str) -> Interpretation:
    """Understand a query; one statement, none for an empty one."""
    words = search_words(text)
    if not words:
        return Interpretation()
    readings = _read(words)
    meant = [readings[word].meant if word in readings else word for word in words]
    synonyms = known_synonyms()
    concepts, at = [], 0
    while at < len(meant):
        length, others = synonyms.at(meant, at)
        typed = [_typed(word, readings) for word in words[at : at + length]]
        concepts.append(Concept(tuple(typed), others))
        at += length
    concepts = [concept for concept in concepts if not _is_weak(concept)] or concepts
    corrections = [(word, reading.shown) for word, reading in readings.items() if reading.shown]
    return Interpretation(tuple(concepts), tuple(corrections))


@dataclass(frozen=True)
class Reading:
    """How one word is understood: ``begins`` that it is the beginning of the word that is meant.

    ``shown`` is the word that was put in the place of a mistyped one, as it is written.
    """

    meant: str
    begins: bool = False
    shown: str = ""


def _read(words: list[str]) -> dict[str, Reading]:
    """Words that no service has as they are typed: the beginning of one, or mistyped."""
    asked = [word for word in words if len(word) >= LEAST_LETTERS and not word.isdigit()]
    if not asked:
        return {}
    with connection.cursor() as cursor:
        slips = [2 if len(word) >= LETTERS_FOR_TWO_SLIPS else 1 for word in asked]
        cursor.execute(_UNKNOWN, [asked, [singular(word) for word in asked], slips])
        rows = cursor.fetchall()
    readings = {}
    for word, form, begins, near, shown in rows:
        if form:
            readings[word] = Reading(form)
        elif begins:
            readings[word] = Reading(begins, begins=True)
        elif near:
            readings[word] = Reading(near, shown=shown)
    return readings


# A word is known as it is typed or as a singular. Else it may be another form of a word that services have
# (the same stem: nothing to tell), the beginning of one, or near one.
_UNKNOWN = """
    SELECT asked.word, form.folded, begins.folded, near.folded, near.shown
    FROM unnest(%s::text[], %s::text[], %s::int[]) AS asked(word, single, slips)
    LEFT JOIN LATERAL (
        SELECT folded FROM catalogue_searchword
        WHERE stem = (ts_lexize('french_stem', asked.word))[1] AND services > 0
        ORDER BY similarity(folded, asked.word) DESC, services DESC, folded LIMIT 1
    ) AS form ON true
    LEFT JOIN LATERAL (
        SELECT folded FROM catalogue_searchword WHERE folded LIKE asked.word || '%%'
        ORDER BY services DESC, folded LIMIT 1
    ) AS begins ON form.folded IS NULL
    LEFT JOIN LATERAL (
        SELECT folded, shown FROM catalogue_searchword
        WHERE folded %% asked.word
            AND levenshtein_less_equal(folded, asked.word, asked.slips) <= asked.slips
        ORDER BY levenshtein(folded, asked.word), similarity(folded, asked.word) DESC, services DESC, folded
        LIMIT 1
    ) AS near ON form.folded IS NULL AND begins.folded IS NULL
    WHERE NOT EXISTS (
        SELECT 1 FROM catalogue_searchword WHERE folded IN (asked.word, asked.single)
    )
"""


def _is_weak(concept: Concept) -> bool:
    return len(concept.typed) == 1 and singular(concept.typed[0]) in WEAK_WORDS


def _typed(word: str, readings: dict[str, Reading]) -> str:
    reading = readings.get(word)
    if reading is None:
        return word
    return word + UNFINISHED if reading.begins else reading.meant


def _names(concept: Concept) -> str:
    names = dict.fromkeys(_phrase(phrase) for phrase in (concept.typed, *concept.others))
    return f"({' | '.join(names)})"


def _phrase(words: Phrase) -> str:
    """Words that stand near each other; letters and digits only, so that nothing needs quoting."""
    if len(words) == 1:
        return words[0]
    pairs = (f"({' | '.join(f'{a} <{gap}> {b}' for gap in GAPS)})" for a, b in pairwise(words))
    return f"({' & '.join(pairs)})"


def _query(raw: str) -> SearchQuery | CombinedSearchQuery:
    french = SearchQuery(raw, config="french", search_type="raw")
    return french | SearchQuery(raw, config="english", search_type="raw")

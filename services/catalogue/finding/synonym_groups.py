"""The tenant's own words of the same meaning: added, changed and removed by the operator."""

from __future__ import annotations

import re

from django.db import transaction

from services.catalogue.errors import SynonymsRefused
from services.catalogue.finding.synonyms import forget_synonyms
from services.catalogue.finding.vocabulary import plan_refresh
from services.catalogue.finding.words import search_words
from services.catalogue.models import SynonymGroup

LEAST_TERMS, MOST_TERMS = 2, 20
LONGEST_TERM = 60
_BETWEEN = re.compile(r"[,;\n]")


def read_terms(written: str) -> list[str]:
    """The terms of a text that separates them by commas or lines, each meaning once, in their order.

    Raises SynonymsRefused: fewer than two that say something, more than twenty, or one too long.
    """
    terms: dict[tuple[str, ...], str] = {}
    for part in _BETWEEN.split(written):
        term = " ".join(part.split())
        if len(term) > LONGEST_TERM:
            raise SynonymsRefused
        meaning = tuple(search_words(term))
        if meaning:
            terms.setdefault(meaning, term)
    if not LEAST_TERMS <= len(terms) <= MOST_TERMS:
        raise SynonymsRefused
    return list(terms.values())


@transaction.atomic
def add_synonyms(*, written: str) -> SynonymGroup:
    """Add a group; searches know it at once. Raises SynonymsRefused."""
    group = SynonymGroup.objects.create(terms=read_terms(written))
    _changed()
    return group


@transaction.atomic
def change_synonyms(*, group: SynonymGroup, written: str) -> None:
    """Write a group anew. Raises SynonymsRefused."""
    group.terms = read_terms(written)
    group.save(update_fields=["terms", "updated_at"])
    _changed()


@transaction.atomic
def remove_synonyms(*, group: SynonymGroup) -> None:
    """Take a group away: its words mean only themselves again."""
    group.delete()
    _changed()


def _changed() -> None:
    plan_refresh()
    transaction.on_commit(forget_synonyms)

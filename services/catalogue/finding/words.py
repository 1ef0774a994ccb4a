"""Words for finding: what a query looks for, and what a service is found by."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tenants.reference.names import fold_name

MAXIMUM_WORDS = 8
_WORD = re.compile(r"[a-z0-9]+")
_SURFACE = re.compile(r"[^\W_]+")
# Words that say nothing about what is looked for.
_EMPTY_WORDS = frozenset(
    re.findall(
        r"[a-z]+",
        "a au aux avec ce ces d dans de des du en est et faire il je l la le les ma mes moi mon n ne nos"
        " notre on ou par pas pour qu que qui s sa se ses son sur un une votre vos of for and my to an the"
        " besoin cherche chercher trouver trouve veux voudrais aimerais",
    )
)


def search_words(query: str) -> list[str]:
    """The telling words of a query, folded, each once, at most eight, in their order."""
    words = [word for word in _WORD.findall(fold_name(query)) if word not in _EMPTY_WORDS]
    return list(dict.fromkeys(words))[:MAXIMUM_WORDS]


def search_text(parts: Iterable[str]) -> str:
    """What a search looks into: all parts, folded."""
    return fold_name(" ".join(part for part in parts if part))


def surface_words(text: str) -> Iterable[tuple[str, str]]:
    """Each telling word of a text, folded and as it is written."""
    for written in _SURFACE.findall(text):
        folded = fold_name(written)
        if folded not in _EMPTY_WORDS and _WORD.fullmatch(folded):
            yield folded, written


def singular(word: str) -> str:
    """A folded word without the endings of the plural: `reseaux` and `reseau` are one."""
    if word.endswith("eaux"):
        return word[:-1]
    if len(word) > 5 and word.endswith("aux"):
        return word[:-3] + "al"
    if len(word) > 3 and word[-1] in "sx":
        return word[:-1]
    return word

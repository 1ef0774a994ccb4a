"""Words for searching: what a query looks for, and what a service is found by."""

from __future__ import annotations

import re
from collections.abc import Iterable

from tenants.reference.names import fold_name

_WORD = re.compile(r"[a-z0-9]+")
# Words that say nothing about what is looked for.
_EMPTY_WORDS = frozenset(
    re.findall(
        r"[a-z]+",
        "a au aux avec ce ces d dans de des du en et faire je l la le les ma mes mon n ne nos notre on ou par"
        " pas pour qu que qui s sa se ses son sur un une votre vos the of for and my to an",
    )
)
MAXIMUM_WORDS = 8


def search_words(query: str) -> list[str]:
    """The telling words of a query, folded, plural endings off; at most eight, in their order."""
    words = [word for word in _WORD.findall(fold_name(query)) if word not in _EMPTY_WORDS]
    return list(dict.fromkeys(_singular(word) for word in words))[:MAXIMUM_WORDS]


def search_text(parts: Iterable[str]) -> str:
    """What a search looks into: all parts, folded."""
    return fold_name(" ".join(part for part in parts if part))


def _singular(word: str) -> str:
    if len(word) > 5 and word.endswith("aux"):
        return word[:-3] + "a"
    if len(word) > 3 and word[-1] in "sx":
        return word[:-1]
    return word

"""Names as they are sorted and searched: without accents, without case, ligatures opened."""

from __future__ import annotations

import unicodedata

# What no decomposition turns into plain letters.
_OPENED = str.maketrans({"œ": "oe", "Œ": "oe", "æ": "ae", "Æ": "ae", "’": "'", "ß": "ss"})


def fold_name(name: str) -> str:
    """`L’Haÿ-les-Roses` becomes `l'hay-les-roses`; the result is stable and compares byte by byte."""
    decomposed = unicodedata.normalize("NFKD", name.translate(_OPENED))
    plain = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(plain.casefold().split())

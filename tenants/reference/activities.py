"""Activities of businesses by the French nomenclature: found by code or by words, said in words."""

from __future__ import annotations

import re

from tenants.reference.models import NafCode
from tenants.reference.names import fold_name

# INSEE's classes are written 10.71C; registers and people also write 1071C and 10 71 c.
_CODE = re.compile(r"(\d\d)[ .]?(\d\d) ?([A-Za-z])")


def find_activities(text: str) -> list[NafCode]:
    """The activity with this code, or all whose label has each of these words; nothing for no word."""
    code = _CODE.fullmatch(text.strip())
    if code is not None:
        wanted = f"{code[1]}.{code[2]}{code[3].upper()}"
        return list(NafCode.objects.filter(code=wanted).order_by("-version")[:1])
    words = fold_name(text).split()
    if not words:
        return []
    return [one for one in NafCode.objects.all() if all(word in fold_name(one.label) for word in words)]


def activity_words(code: str) -> str:
    """« 10.71C Boulangerie et boulangerie-pâtisserie », the code alone where nobody knows it."""
    found = NafCode.objects.filter(code=code).order_by("-version").first() if code else None
    return str(found) if found else code

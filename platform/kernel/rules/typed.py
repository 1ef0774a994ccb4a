"""Values as people type them and read them in a field, and back to JSON."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext

from kernel.rules.kinds import MANY, Kind

_SPACES = re.compile(r"[\s\u00a0\u202f]+")
# What a field posts for « none of these ».
NO_CODE = "none"
_NONE = ("aucun", "aucune", NO_CODE)
_LONGEST = 4000


def from_typed(kind: Kind, texts: Sequence[str]) -> Any:
    """The JSON of what was typed or chosen; None for nothing. What cannot be read stays text, to be refused.

    Several choices are several texts; several codes may also stand in one text, between commas.
    """
    if kind in MANY:
        return codes_of(texts)
    text = texts[0].strip()[:_LONGEST] if texts else ""
    if not text:
        return None
    if kind == Kind.BOOL:
        return {"true": True, "false": False}.get(text, text)
    if kind == Kind.NUMBER:
        return _SPACES.sub("", text).replace(",", ".")
    return _cents(text) if kind == Kind.CENTS else text


def codes_of(texts: Sequence[str], separator: str = ",") -> list[str] | None:
    """Codes from choices or from a text with commas; the word « aucun » says that there is none."""
    codes = [code.strip() for text in texts for code in text[:_LONGEST].split(separator) if code.strip()]
    some = [code for code in codes if code.casefold() not in (*_NONE, gettext("aucun"))]
    return list(dict.fromkeys(some)) if codes else None


def separator_of(kind: Kind) -> str:
    """What stands between several values in one field: numbers have commas of their own."""
    return ";" if kind in (Kind.NUMBER, Kind.CENTS) else ","


def to_typed(kind: Kind, raw: Any) -> str:
    """What a field shows for the JSON of a value."""
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "true" if raw else "false"
    if isinstance(raw, list):
        return ", ".join(str(code) for code in raw) or gettext("aucun")
    if kind == Kind.CENTS and isinstance(raw, int):
        euros = f"{Decimal(raw) / 100:.2f}"
        return euros.removesuffix(".00").replace(".", ",")
    return str(raw).replace(".", ",") if kind == Kind.NUMBER else str(raw)


def _cents(text: str) -> Any:
    """« 1 234,56 » or « 1 234,56 € » as cents; the text itself where it is no amount in euros."""
    plain = _SPACES.sub("", text).removesuffix("€").replace(",", ".")
    try:
        cents = Decimal(plain) * 100
    except InvalidOperation:
        return text
    if not cents.is_finite() or cents != cents.to_integral_value() or abs(cents) > Decimal(10) ** 15:
        return text
    return int(cents)

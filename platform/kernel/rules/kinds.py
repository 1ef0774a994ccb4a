"""Kinds of values: how each is written in JSON, read back, and refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from kernel.rules.errors import ValueRefused

Value = bool | Decimal | int | date | str | frozenset[str]

MOST_CENTS = 10**13
MOST_CODES = 500
LONGEST_TEXT = 200
LONGEST_CODE = 80
_NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Kind(StrEnum):
    """What a fact can be. `set` and `place` hold codes; a place names itself and all that it lies in."""

    BOOL = "bool"
    NUMBER = "number"
    CENTS = "cents"
    DATE = "date"
    TEXT = "text"
    CHOICE = "choice"
    SET = "set"
    PLACE = "place"


MEASURES = frozenset({Kind.NUMBER, Kind.CENTS, Kind.DATE})
MANY = frozenset({Kind.SET, Kind.PLACE})


def read_value(kind: Kind, raw: Any) -> Value:
    """The value that JSON ``raw`` stands for. Decimals are text, never floats. Raises ValueRefused."""
    return _READERS[kind](raw)


def write_value(value: Value) -> Any:
    """The canonical JSON of a value: one value has one form."""
    if isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return plain_number(value)
    if isinstance(value, date):
        return value.isoformat()
    return sorted(value)


def plain_number(value: Decimal) -> str:
    """A decimal without exponent and without useless zeros."""
    if value == 0:
        return "0"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def read_text(raw: Any, longest: int = LONGEST_TEXT) -> str:
    """A text of one line that a database can keep. Raises ValueRefused."""
    if not isinstance(raw, str):
        raise ValueRefused(reason=_("Indiquez un texte."))
    text = raw.strip()
    if not text:
        raise ValueRefused(reason=_("Indiquez une valeur."))
    if len(text) > longest:
        raise ValueRefused(reason=_("Raccourcissez ce texte à %(count)s caractères.") % {"count": longest})
    if not text.isprintable():
        raise ValueRefused(reason=_("Retirez les caractères qui ne s’affichent pas."))
    return text


def _read_bool(raw: Any) -> Value:
    if not isinstance(raw, bool):
        raise ValueRefused(reason=_("Répondez par oui ou par non."))
    return raw


def _read_number(raw: Any) -> Value:
    text = str(raw) if isinstance(raw, int) and not isinstance(raw, bool) and abs(raw) < MOST_CENTS else raw
    if not isinstance(text, str) or not _NUMBER.fullmatch(text):
        raise ValueRefused(reason=_("Indiquez un nombre."))
    return Decimal(plain_number(Decimal(text)))


def _read_cents(raw: Any) -> Value:
    if not isinstance(raw, int) or isinstance(raw, bool) or abs(raw) > MOST_CENTS:
        raise ValueRefused(reason=_("Indiquez un montant."))
    return raw


def _read_date(raw: Any) -> Value:
    if not isinstance(raw, str) or not _DAY.fullmatch(raw):
        raise ValueRefused(reason=_("Indiquez une date."))
    try:
        return date.fromisoformat(raw)
    except ValueError:
        raise ValueRefused(reason=_("Indiquez une date du calendrier.")) from None


def _read_codes(raw: Any) -> Value:
    if not isinstance(raw, list | tuple | set | frozenset) or len(raw) > MOST_CODES:
        raise ValueRefused(reason=_("Indiquez une liste de codes."))
    return frozenset(read_text(code, LONGEST_CODE) for code in raw)


_READERS: dict[Kind, Callable[[Any], Value]] = {
    Kind.BOOL: _read_bool,
    Kind.NUMBER: _read_number,
    Kind.CENTS: _read_cents,
    Kind.DATE: _read_date,
    Kind.TEXT: read_text,
    Kind.CHOICE: lambda raw: read_text(raw, LONGEST_CODE),
    Kind.SET: _read_codes,
    Kind.PLACE: _read_codes,
}

"""Amounts, numbers and dates as people read them, in the language in use.

French follows the Imprimerie nationale: narrow no-break space between thousands, no-break space before
a sign. English follows British habit. Anything but French is written the English way.
"""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.dateformat import format as date_format
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from kernel.money import to_euros

NARROW_SPACE = "\u202f"
SPACE = "\u00a0"
MINUS = "\u2212"
_SYMBOLS = {"EUR": "€"}
_PARIS = ZoneInfo("Europe/Paris")
# What people call the time of the French territories whose clocks differ from Paris's.
_CLOCKS = {
    "America/Guadeloupe": _("heure de la Guadeloupe"),
    "America/Martinique": _("heure de la Martinique"),
    "America/Cayenne": _("heure de la Guyane"),
    "Indian/Reunion": _("heure de La Réunion"),
    "Indian/Mayotte": _("heure de Mayotte"),
    "America/Miquelon": _("heure de Saint-Pierre-et-Miquelon"),
    "Pacific/Noumea": _("heure de Nouvelle-Calédonie"),
    "Pacific/Tahiti": _("heure de Tahiti"),
    "Pacific/Wallis": _("heure de Wallis-et-Futuna"),
}


def format_money(cents: int, currency: str = "EUR") -> str:
    """Integer cents as « 1 234,56 € » or “€1,234.56”."""
    return _with_symbol(format_number(abs(to_euros(cents)), 2), cents < 0, currency)


def format_unit_price(euros: Decimal, currency: str = "EUR") -> str:
    """A unit price in euros with two decimals, or up to four where it has them."""
    return _with_symbol(format_number(abs(euros), max(2, _decimals(euros))), euros < 0, currency)


def format_number(value: Decimal | int, decimals: int | None = None) -> str:
    """A number with separators; ``decimals`` None keeps just those that it has."""
    number = Decimal(value)
    plain = f"{abs(number):,.{_decimals(number) if decimals is None else decimals}f}"
    if in_french():
        plain = plain.replace(",", NARROW_SPACE).replace(".", ",")
    return f"{MINUS}{plain}" if number < 0 else plain


def format_percent(rate: Decimal | int) -> str:
    """A percent rate (20 is twenty percent) as « 20 % » or “20%”."""
    return f"{format_number(Decimal(rate))}{SPACE if in_french() else ''}%"


def format_day(value: date | datetime, zone: str = "") -> str:
    """« mercredi 25 novembre 2026 », “Wednesday 25 November 2026”."""
    return _with_first(value, "l j F Y", zone)


def format_day_of_year(value: date | datetime, zone: str = "") -> str:
    """The day without its year: « mercredi 25 novembre »."""
    return _with_first(value, "l j F", zone)


def format_short_day(value: date | datetime, zone: str = "") -> str:
    """For tables: « 25 nov. 2026 », “25 Nov 2026”."""
    return _with_first(value, "j N Y" if in_french() else "j M Y", zone)


def format_hour(value: datetime, zone: str = "") -> str:
    """« 18 h », « 9 h 05 », “18:00”; « 18 h (heure de La Réunion) » where clocks differ from Paris's."""
    hour, place = format_bare_hour(value, zone), place_of_clock(value, zone)
    return f"{hour} ({place})" if place else hour


def place_of_clock(value: datetime, zone: str = "") -> str:
    """« heure de La Réunion » where clocks then show another hour than in Paris, else nothing."""
    if timezone.is_naive(value):
        return ""
    local = in_zone(value, zone)
    if local.utcoffset() == value.astimezone(_PARIS).utcoffset():
        return ""
    key = str(local.tzinfo)
    known = _CLOCKS.get(key)
    if known is not None:
        return str(known)
    return gettext("heure de %(place)s") % {"place": key.rpartition("/")[2].replace("_", " ")}


def format_bare_hour(value: datetime, zone: str = "") -> str:
    """The hour without its place."""
    local = in_zone(value, zone)
    if not in_french():
        return f"{local:%H:%M}"
    minutes = f"{SPACE}{local:%M}" if local.minute else ""
    return f"{local.hour}{SPACE}h{minutes}"


def format_when(value: datetime, zone: str = "") -> str:
    """« mercredi 25 novembre 2026 à 18 h »."""
    return _joined(format_day(value, zone), format_hour(value, zone))


def format_short_when(value: datetime, zone: str = "") -> str:
    """For tables and timelines: « 25 nov. 2026 à 18 h »."""
    return _joined(format_short_day(value, zone), format_hour(value, zone))


def format_digits(value: str, *groups: int) -> str:
    """A number of a register in groups of digits, the last taking the rest: « 123 456 789 »."""
    parts, rest = [], value.replace(" ", "")
    for size in groups:
        parts.append(rest[:size])
        rest = rest[size:]
    return SPACE.join(part for part in (*parts, rest) if part)


def format_phone(value: str) -> str:
    """A French number in pairs: « +33 1 99 00 02 00 », « 05 49 00 00 00 »; any other as it was given."""
    rest = value.replace(" ", "")
    lead, digits = (
        (f"{rest[:3]}{SPACE}{rest[3:4]}", rest[4:]) if rest.startswith("+33") else (rest[:2], rest[2:])
    )
    if not digits.isdigit() or len(digits) != 8:
        return value
    return SPACE.join([lead, *(digits[index : index + 2] for index in range(0, 8, 2))])


def in_french() -> bool:
    """Whether the language in use is French."""
    return (get_language() or "").startswith("fr")


def in_zone(value: datetime, zone: str = "") -> datetime:
    """The instant in the IANA ``zone``, or in the zone of the site that is being shown."""
    chosen: tzinfo = ZoneInfo(zone) if zone else timezone.get_current_timezone()
    return timezone.localtime(value, chosen) if timezone.is_aware(value) else value


def _with_symbol(number: str, negative: bool, currency: str) -> str:
    symbol = _SYMBOLS.get(currency, currency)
    sign = MINUS if negative else ""
    if in_french():
        return f"{sign}{number}{SPACE}{symbol}"
    gap = SPACE if symbol.isalpha() else ""
    return f"{sign}{symbol}{gap}{number}"


def _with_first(value: date | datetime, pattern: str, zone: str) -> str:
    shown = in_zone(value, zone) if isinstance(value, datetime) else value
    if in_french() and shown.day == 1:
        pattern = pattern.replace("j", r"1\e\r")
    return date_format(shown, pattern).replace(" ", SPACE, 2 if pattern.startswith("l") else 1)


def _joined(day: str, hour: str) -> str:
    return gettext("%(day)s à %(hour)s") % {"day": day, "hour": hour}


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0

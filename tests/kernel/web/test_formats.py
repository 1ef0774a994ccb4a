"""Amounts and dates as French and English readers write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.template import engines
from django.utils import timezone, translation
from django.utils.safestring import mark_safe

from kernel.web import formats
from kernel.web.sites import monogram
from kernel.web.templatetags import pepiniere_web as tags

NARROW, SPACE, MINUS = "\u202f", "\u00a0", "\u2212"


@pytest.mark.parametrize(
    ("cents", "french", "english"),
    [
        (123456, f"1{NARROW}234,56{SPACE}€", "€1,234.56"),
        (0, f"0,00{SPACE}€", "€0.00"),
        (5, f"0,05{SPACE}€", "€0.05"),
        (-1200, f"{MINUS}12,00{SPACE}€", f"{MINUS}€12.00"),
        (123456789012, f"1{NARROW}234{NARROW}567{NARROW}890,12{SPACE}€", "€1,234,567,890.12"),
    ],
)
def test_money(cents: int, french: str, english: str) -> None:
    """Cents with the signs of the language."""
    with translation.override("fr"):
        assert tags.money(cents) == french
    with translation.override("en"):
        assert tags.money(cents) == english


def test_money_says_whether_vat_is_in_it() -> None:
    """HT or TTC, never a bare amount by accident."""
    with translation.override("fr"):
        assert tags.money_excl(39000) == f"390,00{SPACE}€ HT"
        assert tags.money_incl(46800) == f"468,00{SPACE}€ TTC"
        assert tags.money(None) == tags.money_excl(None) == ""


@pytest.mark.parametrize(
    ("value", "french", "english"),
    [
        ("12.5000", f"12,50{SPACE}€", "€12.50"),
        ("0.0825", f"0,0825{SPACE}€", "€0.0825"),
        ("1234.5", f"1{NARROW}234,50{SPACE}€", "€1,234.50"),
    ],
)
def test_unit_prices_keep_the_decimals_they_have(value: str, french: str, english: str) -> None:
    """Two at least, four at most."""
    with translation.override("fr"):
        assert tags.unit_price(Decimal(value)) == french
    with translation.override("en"):
        assert tags.unit_price(Decimal(value)) == english


def test_numbers_and_rates() -> None:
    """No useless zeros."""
    with translation.override("fr"):
        assert tags.number(Decimal("2.500")) == "2,5"
        assert tags.number(Decimal("1000.000")) == f"1{NARROW}000"
        assert tags.percent(Decimal("20.00")) == f"20{SPACE}%"
        assert tags.percent(Decimal("5.50")) == f"5,5{SPACE}%"
    with translation.override("en"):
        assert tags.percent(Decimal("5.50")) == "5.5%"


def plain(text: str) -> str:
    """The words, whatever spaces hold them together."""
    return text.replace(SPACE, " ").replace(NARROW, " ")


def test_dates_in_french() -> None:
    """Day, hour and first of the month; in the zone of the site."""
    at = datetime(2026, 11, 25, 17, 0, tzinfo=UTC)
    with translation.override("fr"), timezone.override("Europe/Paris"):
        assert plain(tags.when(at)) == "mercredi 25 novembre 2026 à 18 h"
        assert (
            plain(tags.when(at, "Indian/Reunion")) == "mercredi 25 novembre 2026 à 21 h (heure de La Réunion)"
        )
        assert plain(tags.when_short(datetime(2026, 7, 1, 7, 5, tzinfo=UTC))) == "1er juil. 2026 à 9 h 05"
        assert plain(tags.day(date(2026, 12, 1))) == "mardi 1er décembre 2026"
        assert plain(tags.day_short(date(2026, 11, 25))) == "25 nov. 2026"
        # Midnight in Paris is still yesterday in UTC: the site's day counts.
        assert plain(tags.day(datetime(2026, 12, 31, 23, 30, tzinfo=UTC))) == "vendredi 1er janvier 2027"


def test_dates_in_english() -> None:
    """British order, 24 hours."""
    with translation.override("en"), timezone.override("Europe/Paris"):
        assert plain(tags.day(date(2026, 12, 1))) == "Tuesday 1 December 2026"
        assert plain(tags.day_short(date(2026, 11, 25))) == "25 Nov 2026"
        assert formats.format_hour(datetime(2026, 11, 25, 17, 5, tzinfo=UTC)) == "18:05"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (2, "il vous reste 2 jours ouvrés (jusqu’au mercredi 25 novembre, 18 h)"),
        (1, "il vous reste 1 jour ouvré (jusqu’au mercredi 25 novembre, 18 h)"),
        (0, "aujourd’hui avant 18 h"),
        (-1, "en retard de 1 jour ouvré"),
        (-3, "en retard de 3 jours ouvrés"),
    ],
)
def test_deadlines_are_always_dated(days: int, words: str) -> None:
    """What is left, and until when."""
    with translation.override("fr"), timezone.override("Europe/Paris"):
        assert plain(tags.deadline(datetime(2026, 11, 25, 17, 0, tzinfo=UTC), days)) == words


def test_numbers_of_registers() -> None:
    """In groups that people read aloud."""
    assert plain(tags.siren("123456789")) == "123 456 789"
    assert plain(tags.siret("12345678900011")) == "123 456 789 00011"
    assert tags.siret(None) == ""


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Europe/Paris", "18 h"),
        ("Europe/Madrid", "18 h"),
        ("Indian/Reunion", "21 h (heure de La Réunion)"),
        ("America/Martinique", "13 h (heure de la Martinique)"),
        ("Asia/Ho_Chi_Minh", "0 h (heure de Ho Chi Minh)"),
    ],
)
def test_a_clock_that_differs_is_named(zone: str, expected: str) -> None:
    """An hour that is another one in Paris says whose it is; the same hour needs no name."""
    with translation.override("fr"), timezone.override(ZoneInfo(zone)):
        shown = formats.format_hour(datetime(2026, 11, 25, 17, 0, tzinfo=UTC))
    assert shown.replace(formats.SPACE, " ") == expected


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("+33199000200", "+33 1 99 00 02 00"),
        ("05 49 00 00 00", "05 49 00 00 00"),
        ("0549000000", "05 49 00 00 00"),
        ("+441632960000", "+441632960000"),
        ("3400", "3400"),
        ("", ""),
    ],
)
def test_telephone_numbers(given: str, shown: str) -> None:
    """French ones in pairs, others untouched."""
    assert formats.format_phone(given).replace(formats.SPACE, " ") == shown


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("La Couveuse du Marais", "CM"),
        ("Nouvelle-Aquitaine", "NA"),
        ("Bretagne", "B"),
        ("L’Île d’Yeu", "ÎY"),
        ("Encre & Trait", "ET"),
        ("", ""),
    ],
)
def test_monograms(name: str, letters: str) -> None:
    """The initials of the words that carry meaning."""
    assert monogram(name) == letters


@pytest.mark.parametrize(("language", "shown"), [("fr", "Délai & prix : "), ("en", "Délai & prix: ")])
def test_a_colon_stands_as_the_language_sets_it(language: str, shown: str) -> None:
    """Words that are safe already are not escaped again, others are."""
    template = engines["django"].from_string("{{ words|with_colon }} ")
    with translation.override(language):
        assert template.render({"words": "Délai & prix"}) == shown.replace("&", "&amp;")
        assert template.render({"words": mark_safe("Délai & prix")}) == shown

"""Service cards with the words that a template would take long to make."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language, gettext, ngettext

from kernel.web.addresses import fixed_address
from kernel.web.formats import format_number
from services.catalogue.finding.listing import ServiceCard
from services.catalogue.models import PriceKind
from services.catalogue.web.shown_pictures import picture_html


def shown_cards(cards: Iterable[ServiceCard]) -> list[dict[str, Any]]:
    """What the component `service_card` reads, one dictionary a card."""
    # One address is looked up; the others differ by their slug only.
    pattern = fixed_address("catalogue:service", "-")
    aid, language = gettext("Aide possible"), get_language()
    return [_shown(card, pattern.replace("/-/", f"/{card.slug}/"), aid, language) for card in cards]


# As wide as a card of the grid gets: one column on a telephone, three or four on wide screens.
CARD_SIZES = "(min-width: 992px) 20rem, (min-width: 640px) 50vw, 100vw"


def lead_time(days: int) -> str:
    """« 7 jours ouvrés »."""
    return _lead_time(days, get_language())


@lru_cache(maxsize=256)
def _lead_time(days: int, language: str | None) -> str:
    # Two dozen cards and four filters say it on every page.
    return ngettext("%(count)s jour ouvré", "%(count)s jours ouvrés", days) % {"count": days}


def rating_words(hundredths: int, count: int) -> str:
    """« 4,7 sur 5 (12 avis) »."""
    return _rating_words(hundredths, count, get_language())


@lru_cache(maxsize=1024)
def _rating_words(hundredths: int, count: int, language: str | None) -> str:
    words = ngettext("%(rating)s sur 5 (%(count)s avis)", "%(rating)s sur 5 (%(count)s avis)", count)
    return words % {"rating": format_number(Decimal((hundredths + 5) // 10).scaleb(-1)), "count": count}


def _shown(card: ServiceCard, url: str, aid: str, language: str | None) -> dict[str, Any]:
    return {
        "slug": card.slug,
        "url": url,
        "name": card.name,
        "summary": card.summary,
        "category": card.category,
        "icon": card.icon,
        "provider": card.provider,
        "on_quote": card.excl_cents is None,
        "excl_cents": card.excl_cents,
        "incl_cents": card.incl_cents,
        "unit": "" if card.price_kind == PriceKind.FIXED else card.unit,
        "lead_time": _lead_time(card.lead_time_days, language),
        "aid": aid if card.aid else "",
        "rating": card.rating_hundredths
        and _rating_words(card.rating_hundredths, card.review_count, language),
        # The name beside it says what it is: a screen reader need not hear it twice.
        "picture": card.cover and picture_html(card.cover, "", CARD_SIZES, css="service-picture"),
    }

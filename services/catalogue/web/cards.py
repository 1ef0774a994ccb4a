"""Service cards with the words that a template would take long to make."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext

from services.catalogue.finding.listing import ServiceCard
from services.catalogue.models import PriceKind


def shown_cards(cards: Iterable[ServiceCard]) -> list[dict[str, Any]]:
    """What the component `service_card` reads, one dictionary a card."""
    # One address is looked up; the others differ by their slug only.
    pattern = reverse("catalogue:service", args=["-"])
    aid = gettext("Aide possible")
    return [_shown(card, pattern.replace("/-/", f"/{card.slug}/"), aid) for card in cards]


def lead_time(days: int) -> str:
    """« 7 jours ouvrés »."""
    return _lead_time(days, get_language())


@lru_cache(maxsize=256)
def _lead_time(days: int, language: str | None) -> str:
    # Two dozen cards and four filters say it on every page.
    return ngettext("%(count)s jour ouvré", "%(count)s jours ouvrés", days) % {"count": days}


def _shown(card: ServiceCard, url: str, aid: str) -> dict[str, Any]:
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
        "lead_time": lead_time(card.lead_time_days),
        "aid": aid if card.aid else "",
    }

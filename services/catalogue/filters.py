"""What a visitor may narrow the catalogue by, read from the address and written back to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from services.catalogue.models import PriceKind

PAGE_SIZE = 24
LEAD_TIMES = (5, 10, 20, 40)
# On a scale to five.
RATINGS = (4, 3)


def least_hundredths(rating: int) -> int:
    """The average that is shown as this rating: pages round it to one decimal."""
    return rating * 100 - 5


SORTS = {
    "pertinence": _("Pertinence"),
    "nom": _("Nom"),
    "prix": _("Prix croissant"),
    "delai": _("Délai le plus court"),
    "note": _("Mieux notés"),
}
PRICE_KINDS = {
    "forfait": PriceKind.FIXED,
    "unite": PriceKind.UNIT,
    "abonnement": PriceKind.SUBSCRIPTION,
    "devis": PriceKind.QUOTE,
}


@dataclass(frozen=True)
class ServiceFilters:
    """One search; empty values narrow nothing. ``max_days`` are working days."""

    text: str = ""
    category: str = ""
    department: str = ""
    price: str = ""
    max_days: int | None = None
    aid: bool = False
    min_rating: int | None = None
    provider: str = ""
    sort: str = ""
    page: int = 1

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> ServiceFilters:
        """The search that an address means; what it does not know it leaves out."""
        price, sort = query.get("prix", ""), query.get("tri", "")
        return cls(
            text=" ".join(query.get("q", "").split())[:120],
            category=query.get("rubrique", "")[:80],
            department=query.get("departement", "")[:3],
            price=price if price in PRICE_KINDS else "",
            max_days=_number(query.get("delai", ""), LEAD_TIMES),
            aid=query.get("aide") == "oui",
            min_rating=_number(query.get("note", ""), RATINGS),
            sort=sort if sort in SORTS else "",
            page=min(max(_integer(query.get("page", "")) or 1, 1), 10_000),
        )

    @property
    def narrows(self) -> bool:
        """Whether anything but the order and the page is asked for."""
        return bool(
            self.text
            or self.category
            or self.department
            or self.price
            or self.max_days
            or self.aid
            or self.min_rating
        )

    @property
    def order(self) -> str:
        """The order in force: the nearest first when words are searched, by name otherwise."""
        if self.sort and (self.sort != "pertinence" or self.text):
            return self.sort
        return "pertinence" if self.text else "nom"

    def query_string(self) -> str:
        """The address part of this search, empty or beginning with `?`; defaults are left out."""
        pairs = [
            ("q", self.text),
            ("rubrique", self.category),
            ("departement", self.department),
            ("prix", self.price),
            ("delai", str(self.max_days or "")),
            ("aide", "oui" if self.aid else ""),
            ("note", str(self.min_rating or "")),
            ("tri", self.sort),
            ("page", str(self.page) if self.page > 1 else ""),
        ]
        given = [(key, value) for key, value in pairs if value]
        return f"?{urlencode(given)}" if given else ""

    def without(self, name: str) -> ServiceFilters:
        """The same search without one narrowing, on its first page."""
        empty = type(self)()
        return replace(self, **{name: getattr(empty, name), "page": 1})

    def at_page(self, page: int) -> ServiceFilters:
        """Another page of the same search."""
        return replace(self, page=page)


def _integer(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


def _number(text: str, allowed: tuple[int, ...]) -> int | None:
    number = _integer(text)
    return number if number in allowed else None

"""Several lists on one page: the first rows of each, or one with its pages; searched by the address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _

FIRST_ROWS = 20
PAGE_SIZE = 50


@dataclass(frozen=True)
class Listing:
    """One list as the page offers it: its rows in order, where its words stand, how a row is shown."""

    name: str
    title: str | Promise
    rows: QuerySet[Any]
    searched: Sequence[str]
    """Fields that a search looks into."""
    shown: Callable[[Any], Any] = lambda row: row


@dataclass(frozen=True)
class Section:
    """What of one list is on the page."""

    name: str
    title: str | Promise
    count: int
    """How many rows the list has, all pages together."""
    rows: list[Any]
    page: Page[Any] | None
    """Set when the page shows this list alone."""
    all_url: str

    @property
    def has_more(self) -> bool:
        """Whether rows are left out here, to be read on pages of their own."""
        return self.page is None and self.count > len(self.rows)


@dataclass(frozen=True)
class Lists:
    """The page: sections that have rows, tabs with counts, and what the address asks for."""

    sections: list[Section]
    tabs: list[dict[str, Any]]
    query: str
    narrowed: str

    @property
    def by_name(self) -> dict[str, Section]:
        """The sections by the name of their list."""
        return {section.name: section for section in self.sections}

    @property
    def is_filtered(self) -> bool:
        """Whether the address leaves rows out."""
        return bool(self.query or self.narrowed)


def read_lists(listings: Sequence[Listing], asked: QueryDict) -> Lists:
    """The lists that `liste` names or all of them, the rows in which `q` stands, the page `page`.

    Two statements a list that has rows, whatever their number.
    """
    query = asked.get("q", "").strip()
    names = {listing.name for listing in listings}
    narrowed = asked.get("liste", "")
    narrowed = narrowed if narrowed in names else ""
    sections, counts = [], {}
    for listing in listings:
        found = _search(listing, query)
        pages = Paginator(found, PAGE_SIZE if narrowed else FIRST_ROWS)
        counts[listing.name] = pages.count
        if not pages.count or (narrowed and narrowed != listing.name):
            continue
        page = pages.get_page(asked.get("page") if narrowed else 1)
        rows = [listing.shown(row) for row in page]
        sections.append(
            Section(
                listing.name,
                listing.title,
                pages.count,
                rows,
                page if narrowed else None,
                _address(listing.name, query),
            )
        )
    tabs = [
        {
            "url": _address(name, query),
            "label": label,
            "count": counts.get(name, sum(counts.values())),
            "current": name == narrowed,
        }
        for name, label in (("", _("Tout")), *((each.name, each.title) for each in listings))
    ]
    return Lists(sections, tabs, query, narrowed)


def _search(listing: Listing, query: str) -> QuerySet[Any]:
    if not query:
        return listing.rows
    condition = Q()
    for name in listing.searched:
        condition |= Q(**{f"{name}__icontains": query})
    return listing.rows.filter(condition)


def _address(name: str, query: str) -> str:
    return "?" + urlencode({key: value for key, value in (("liste", name), ("q", query)) if value})

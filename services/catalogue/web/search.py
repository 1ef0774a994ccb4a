"""What the search page offers to narrow by, and what is narrowed already."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kernel.web.addresses import fixed_address
from services.catalogue.filters import LEAD_TIMES, PRICE_KINDS, RATINGS, SORTS, ServiceFilters
from services.catalogue.finding.facets import Facets
from services.catalogue.rubrics import CategoryNode, CategoryTree
from services.catalogue.web.cards import lead_time
from tenants.directory.current import current_tenant


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A filter in force, in words, and the address of the search without it."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a filter, in words, and how many services it would leave."""

    value: str
    label: str
    count: int
    chosen: bool


def search_context(
    filters: ServiceFilters, tree: CategoryTree, counts: Facets, *, own_page: bool
) -> dict[str, Any]:
    """Choices of each filter with their numbers, and the removable ones; costs no statement."""
    return {
        "filters": filters,
        "chosen_category": tree.by_slug.get(filters.category),
        "own_page": own_page,
        "list_url": fixed_address("catalogue:services"),
        **_choices(filters, tree, counts),
        "narrowings": _narrowings(filters, tree),
    }


# Choices are the same for everybody as long as rubrics and counts are the very same objects.
_made: dict[tuple[Any, ...], tuple[CategoryTree, Facets, dict[str, Any]]] = {}


def _choices(filters: ServiceFilters, tree: CategoryTree, counts: Facets) -> dict[str, Any]:
    departments = tuple(current_tenant().departments)
    key = (id(tree), id(counts), replace(filters, page=1), departments, get_language())
    made = _made.get(key)
    if made is not None and made[0] is tree and made[1] is counts:
        return made[2]
    choices = _make_choices(filters, tree, counts, departments)
    if len(_made) >= 500:
        _made.clear()
    _made[key] = (tree, counts, choices)
    return choices


def _make_choices(
    filters: ServiceFilters, tree: CategoryTree, counts: Facets, departments: tuple[str, ...]
) -> dict[str, Any]:
    return {
        "category_choices": [_category_choices(root, filters, counts) for root in tree.roots],
        "department_choices": [
            Choice(code, code, counts.in_department(code), code == filters.department) for code in departments
        ],
        "price_choices": [
            Choice(value, str(kind.label), counts.prices.get(value, 0), value == filters.price)
            for value, kind in PRICE_KINDS.items()
        ],
        "lead_time_choices": [
            Choice(str(days), lead_time(days), counts.lead_times.get(days, 0), days == filters.max_days)
            for days in LEAD_TIMES
        ],
        "rating_choices": [
            Choice(str(least), _least(least), counts.ratings.get(least, 0), least == filters.min_rating)
            for least in RATINGS
        ],
        "aided": counts.aided,
        "sort_choices": [
            (value, str(label)) for value, label in SORTS.items() if value != "pertinence" or filters.text
        ],
    }


def _least(rating: int) -> str:
    return _("Au moins %(rating)s sur 5") % {"rating": rating}


def _category_choices(
    root: CategoryNode, filters: ServiceFilters, counts: Facets
) -> tuple[str, list[Choice]]:
    below = [
        Choice(child.slug, child.name, counts.categories.get(child.id, 0), child.slug == filters.category)
        for child in root.children
    ]
    total = counts.categories.get(root.id, 0) + sum(choice.count for choice in below)
    whole = _("Tout : %(category)s") % {"category": root.name}
    return root.name, [Choice(root.slug, whole, total, root.slug == filters.category), *below]


def _narrowings(filters: ServiceFilters, tree: CategoryTree) -> list[Narrowing]:
    address = fixed_address("catalogue:services")
    chosen = tree.by_slug.get(filters.category)
    words = {
        "text": filters.text and _("« %(text)s »") % {"text": filters.text},
        "category": filters.category and (chosen.name if chosen else filters.category),
        "department": filters.department and _("Département %(code)s") % {"code": filters.department},
        "price": filters.price and str(PRICE_KINDS[filters.price].label),
        "max_days": filters.max_days and _("En %(days)s au plus") % {"days": lead_time(filters.max_days)},
        "min_rating": filters.min_rating and _least(filters.min_rating),
        "aid": filters.aid and _("Aide possible"),
    }
    return [
        Narrowing(label=str(word), url=f"{address}{filters.without(name).query_string()}")
        for name, word in words.items()
        if word
    ]

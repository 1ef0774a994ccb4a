"""What the search page offers to narrow by, and what is narrowed already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from services.catalogue.filters import LEAD_TIMES, PRICE_KINDS, SORTS, ServiceFilters
from services.catalogue.rubrics import CategoryTree
from services.catalogue.web.cards import lead_time
from tenants.directory.current import current_tenant


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A filter in force, in words, and the address of the search without it."""

    label: str
    url: str


def search_context(filters: ServiceFilters, tree: CategoryTree, *, own_page: bool) -> dict[str, Any]:
    """Choices of each filter and the removable ones; costs no statement."""
    chosen = tree.by_slug.get(filters.category)
    return {
        "filters": filters,
        "chosen_category": chosen,
        "own_page": own_page,
        "list_url": reverse("catalogue:services"),
        "category_choices": _category_choices(tree),
        "department_choices": current_tenant().departments,
        "price_choices": [(value, kind.label) for value, kind in PRICE_KINDS.items()],
        "lead_time_choices": [(str(days), lead_time(days)) for days in LEAD_TIMES],
        "sort_choices": [
            (value, label) for value, label in SORTS.items() if value != "pertinence" or filters.text
        ],
        "chosen_lead_time": str(filters.max_days or ""),
        "narrowings": _narrowings(filters, tree),
    }


def _category_choices(tree: CategoryTree) -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (
            root.name,
            [
                (root.slug, _("Tout : %(category)s") % {"category": root.name}),
                *((child.slug, child.name) for child in root.children),
            ],
        )
        for root in tree.roots
    ]


def _narrowings(filters: ServiceFilters, tree: CategoryTree) -> list[Narrowing]:
    address = reverse("catalogue:services")
    chosen = tree.by_slug.get(filters.category)
    words = {
        "text": filters.text and _("« %(text)s »") % {"text": filters.text},
        "category": filters.category and (chosen.name if chosen else filters.category),
        "department": filters.department and _("Département %(code)s") % {"code": filters.department},
        "price": filters.price and str(PRICE_KINDS[filters.price].label),
        "max_days": filters.max_days and _("En %(days)s au plus") % {"days": lead_time(filters.max_days)},
        "aid": filters.aid and _("Aide possible"),
    }
    return [
        Narrowing(label=str(word), url=f"{address}{filters.without(name).query_string()}")
        for name, word in words.items()
        if word
    ]

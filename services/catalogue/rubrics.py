"""The rubrics of a tenant as a tree, kept in the cache and for a moment in the process."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from django.core.cache import cache
from django.utils.translation import get_language

from services.catalogue.models import Category

# The cache's keys carry the tenant; whoever changes a rubric forgets the key.
CATEGORIES_KEY = "catalogue:categories"
CATEGORIES_SECONDS = 300
# So long another process may still show a rubric as it was.
PROCESS_SECONDS = 5.0


@dataclass(slots=True)
class CategoryNode:
    """A rubric with its children, named in the active language."""

    id: int
    slug: str
    name: str
    icon: str
    parent: CategoryNode | None = None
    children: list[CategoryNode] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CategoryTree:
    """All rubrics of a tenant."""

    roots: list[CategoryNode]
    by_slug: dict[str, CategoryNode]

    def ids_below(self, slug: str) -> list[int]:
        """Keys of a rubric and of those under it; empty when there is no such rubric."""
        node = self.by_slug.get(slug)
        return [node.id, *(child.id for child in node.children)] if node else []


# By the whole key of the cache, hence by tenant, and by language.
_trees: dict[tuple[str, bool], tuple[float, CategoryTree]] = {}


def category_tree() -> CategoryTree:
    """The rubrics with their children, in their order; no statement while the cache holds them.

    Shared by all requests of the process: nobody changes it.
    """
    english = get_language() == "en"
    key = (cache.make_key(CATEGORIES_KEY), english)
    now = time.monotonic()
    kept = _trees.get(key)
    if kept is not None and now < kept[0]:
        return kept[1]
    tree = _built(_rows(), english=english)
    if len(_trees) > 1_000:
        _trees.clear()
    # Nothing is remembered of a space that is just being filled.
    if tree.roots:
        _trees[key] = (now + PROCESS_SECONDS, tree)
    return tree


def forget_categories() -> None:
    """Read the rubrics of the current tenant again: for whoever has just changed them."""
    cache.delete(CATEGORIES_KEY)
    for english in (False, True):
        _trees.pop((cache.make_key(CATEGORIES_KEY), english), None)


def _rows() -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] | None = cache.get(CATEGORIES_KEY)
    if rows is None:
        columns = ("id", "slug", "name", "name_en", "icon", "parent_id")
        rows = list(Category.objects.order_by("position", "id").values_list(*columns))
        cache.set(CATEGORIES_KEY, rows, CATEGORIES_SECONDS)
    return rows


def _built(rows: list[tuple[Any, ...]], *, english: bool) -> CategoryTree:
    nodes: dict[int, CategoryNode] = {}
    parents: dict[int, int] = {}
    for pk, slug, name, name_en, icon, parent_id in rows:
        nodes[pk] = CategoryNode(pk, slug, (english and name_en) or name, icon)
        if parent_id is not None:
            parents[pk] = parent_id
    for pk, parent_id in parents.items():
        nodes[pk].parent = nodes[parent_id]
        nodes[parent_id].children.append(nodes[pk])
    return CategoryTree(
        roots=[node for node in nodes.values() if node.parent is None],
        by_slug={node.slug: node for node in nodes.values()},
    )

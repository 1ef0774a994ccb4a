"""Names of rubrics for pages that know their slugs only."""

from __future__ import annotations

from collections.abc import Sequence

from django import template

from services.catalogue.rubrics import CategoryNode, category_tree

register = template.Library()


@register.simple_tag
def categories_named(slugs: Sequence[str]) -> list[CategoryNode]:
    """The rubrics of these slugs in the order of the tree; unknown ones are left out."""
    wanted = set(slugs)
    return [node for node in category_tree().by_slug.values() if node.slug in wanted]

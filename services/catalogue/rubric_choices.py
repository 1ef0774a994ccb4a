"""The rubrics as codes with words, lent to the rules of co-funding."""

from __future__ import annotations

from services.catalogue.rubrics import CategoryNode, category_tree


def rubric_choices() -> list[tuple[str, str]]:
    """Slug and name of every rubric, each parent before its children."""
    found: list[tuple[str, str]] = []
    for root in category_tree().roots:
        found.append((root.slug, root.name))
        found.extend((child.slug, _below(root, child)) for child in root.children)
    return found


def _below(parent: CategoryNode, child: CategoryNode) -> str:
    return f"{parent.name} › {child.name}"

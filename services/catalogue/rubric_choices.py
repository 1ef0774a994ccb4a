"""The rubrics as codes with words, lent to the rules of co-funding and of commission."""

from __future__ import annotations

from billing.commission.targets import Target
from services.catalogue.rubrics import CategoryNode, category_tree


def rubric_choices() -> list[tuple[str, str]]:
    """Slug and name of every rubric, each parent before its children."""
    found: list[tuple[str, str]] = []
    for root in category_tree().roots:
        found.append((root.slug, root.name))
        found.extend((child.slug, _below(root, child)) for child in root.children)
    return found


def commission_targets() -> list[Target]:
    """Every rubric with the way from itself up to its root."""
    found: list[Target] = []
    for root in category_tree().roots:
        found.append(Target(root.slug, root.name, (root.slug,)))
        found.extend(
            Target(child.slug, _below(root, child), (child.slug, root.slug)) for child in root.children
        )
    return found


def _below(parent: CategoryNode, child: CategoryNode) -> str:
    return f"{parent.name} › {child.name}"

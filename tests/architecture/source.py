"""The source of the product as files and syntax trees, for the rules of the house."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FLOORS = {
    "pepiniere": ROOT / "platform" / "pepiniere",
    "services": ROOT / "services",
    "billing": ROOT / "billing",
    "tenants": ROOT / "tenants",
    "kernel": ROOT / "platform" / "kernel",
}


@cache
def modules() -> tuple[Path, ...]:
    """Every Python file of the product, without the tests."""
    return tuple(sorted(path for floor in FLOORS.values() for path in floor.rglob("*.py")))


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name(path: Path) -> str:
    """A path as people write it."""
    return str(path.relative_to(ROOT))


def imported(path: Path) -> Iterator[str]:
    """The modules that a file imports, wherever in the file."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module

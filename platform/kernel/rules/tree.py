"""A rule as read from its document: groups of rows, each row a condition."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kernel.rules.operators import Operand, Operator
from kernel.rules.truth import Truth, at_least, every, none_of, some


class Combine(StrEnum):
    """How a group decides from its rows."""

    ALL = "all"
    ANY = "any"
    NONE = "none"
    AT_LEAST = "at_least"


@dataclass(frozen=True)
class Clause:
    """One condition: a fact, an operator, and a value or a dated parameter.

    `path` is where it stands ("2.1" is the first row of the second). Its sentences are by language code;
    without them the words are made from fact, operator and value.
    """

    path: str
    operator: Operator
    fact: str = ""
    operand: Operand = None
    parameter: str = ""
    met: Mapping[str, str] = field(default_factory=dict)
    unmet: Mapping[str, str] = field(default_factory=dict)
    reference: str = ""


@dataclass(frozen=True)
class Group:
    """Rows that are decided together; `count` belongs to `at_least` alone."""

    path: str
    combine: Combine
    rows: tuple[Node, ...]
    count: int = 0

    def decide(self, values: Iterable[Truth]) -> Truth:
        """The group's truth from those of its rows."""
        if self.combine == Combine.AT_LEAST:
            return at_least(self.count, values)
        return _DECIDERS[self.combine](values)


Node = Clause | Group

_DECIDERS: dict[Combine, Callable[[Iterable[Truth]], Truth]] = {
    Combine.ALL: every,
    Combine.ANY: some,
    Combine.NONE: none_of,
}


@dataclass(frozen=True)
class Rule:
    """A valid rule with its canonical document and that document's sha256."""

    root: Group
    document: dict[str, Any]
    sha256: str

    def clauses(self) -> Iterator[Clause]:
        """All conditions in the order of reading."""
        return _clauses(self.root)

    @property
    def facts(self) -> tuple[str, ...]:
        """The facts it speaks of, each once, in the order of reading."""
        return tuple(dict.fromkeys(clause.fact for clause in self.clauses() if clause.fact))

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters it speaks of, each once."""
        return tuple(dict.fromkeys(clause.parameter for clause in self.clauses() if clause.parameter))


def _clauses(node: Node) -> Iterator[Clause]:
    if isinstance(node, Clause):
        yield node
        return
    for row in node.rows:
        yield from _clauses(row)

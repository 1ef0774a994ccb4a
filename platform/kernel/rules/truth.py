"""Three-valued logic after Kleene: what is not known stays not known until it can no longer matter."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum


class Truth(StrEnum):
    """Met, not met, or not known yet."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


def truth_of(known: bool) -> Truth:
    """A plain boolean as a truth."""
    return Truth.TRUE if known else Truth.FALSE


def negate(value: Truth) -> Truth:
    """The opposite; what is not known has an opposite that is not known."""
    return {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE}.get(value, Truth.UNKNOWN)


def at_least(count: int, values: Iterable[Truth]) -> Truth:
    """Whether ``count`` of ``values`` are true: decided as soon as the unknown ones cannot change it."""
    given = list(values)
    sure = given.count(Truth.TRUE)
    if sure >= count:
        return Truth.TRUE
    return Truth.UNKNOWN if sure + given.count(Truth.UNKNOWN) >= count else Truth.FALSE


def every(values: Iterable[Truth]) -> Truth:
    """Whether all are true; true where there is none."""
    given = list(values)
    return at_least(len(given), given)


def some(values: Iterable[Truth]) -> Truth:
    """Whether one is true; false where there is none."""
    return at_least(1, values)


def none_of(values: Iterable[Truth]) -> Truth:
    """Whether no one is true; true where there is none."""
    return negate(some(values))

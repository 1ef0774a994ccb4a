"""Operators: which kinds of facts each compares, what it is compared with, and when it holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kernel.rules.kinds import MEASURES, Kind, Value


class Operator(StrEnum):
    """What a condition may ask of a fact; `human` asks a person and no fact."""

    EQ = "eq"
    NE = "ne"
    IN = "in"
    GTE = "gte"
    GT = "gt"
    LTE = "lte"
    LT = "lt"
    BETWEEN = "between"
    PREFIX = "prefix"
    WITHIN = "within"
    OVERLAPS = "overlaps"
    ROOM_LEFT = "room_left"
    HUMAN = "human"


class Takes(StrEnum):
    """What stands on the right of an operator."""

    ONE = "one"
    TWO = "two"
    MANY = "many"
    NOTHING = "nothing"


Operand = Value | tuple[Value, ...] | None


@dataclass(frozen=True)
class Shape:
    """An operator's kinds, what it takes and when it holds."""

    kinds: frozenset[Kind]
    takes: Takes
    holds: Callable[[Any, Any], bool]


_SINGLE = frozenset({Kind.BOOL, Kind.NUMBER, Kind.CENTS, Kind.DATE, Kind.TEXT, Kind.CHOICE})

SHAPES: dict[Operator, Shape] = {
    Operator.EQ: Shape(_SINGLE, Takes.ONE, lambda value, limit: value == limit),
    Operator.NE: Shape(_SINGLE - {Kind.BOOL}, Takes.ONE, lambda value, limit: value != limit),
    Operator.IN: Shape(
        frozenset({Kind.NUMBER, Kind.TEXT, Kind.CHOICE}), Takes.MANY, lambda value, many: value in many
    ),
    Operator.GTE: Shape(MEASURES, Takes.ONE, lambda value, limit: value >= limit),
    Operator.GT: Shape(MEASURES, Takes.ONE, lambda value, limit: value > limit),
    Operator.LTE: Shape(MEASURES, Takes.ONE, lambda value, limit: value <= limit),
    Operator.LT: Shape(MEASURES, Takes.ONE, lambda value, limit: value < limit),
    Operator.BETWEEN: Shape(MEASURES, Takes.TWO, lambda value, ends: ends[0] <= value <= ends[1]),
    Operator.PREFIX: Shape(frozenset({Kind.TEXT}), Takes.MANY, lambda value, many: value.startswith(many)),
    Operator.WITHIN: Shape(
        frozenset({Kind.PLACE}), Takes.MANY, lambda codes, many: not codes.isdisjoint(many)
    ),
    Operator.OVERLAPS: Shape(
        frozenset({Kind.SET}), Takes.MANY, lambda codes, many: not codes.isdisjoint(many)
    ),
    Operator.ROOM_LEFT: Shape(frozenset({Kind.CENTS}), Takes.NOTHING, lambda cents, _nothing: cents > 0),
    Operator.HUMAN: Shape(frozenset(), Takes.NOTHING, lambda _value, _nothing: False),
}


def operators_for(kind: Kind) -> tuple[Operator, ...]:
    """The operators that compare facts of a kind, in the order of the list above."""
    return tuple(operator for operator, shape in SHAPES.items() if kind in shape.kinds)


def operand_kind(kind: Kind) -> Kind:
    """The kind of one thing on the right of a fact of ``kind``: sets and places are compared with codes."""
    return Kind.TEXT if kind in {Kind.SET, Kind.PLACE} else kind


def holds(operator: Operator, value: Value, operand: Operand) -> bool:
    """Whether the condition holds for a known value."""
    return SHAPES[operator].holds(value, operand)


def limits_of(operator: Operator, operand: Operand) -> tuple[Value, ...]:
    """The values at which the answer may turn: an example must stand on each."""
    if operator in {Operator.GTE, Operator.GT, Operator.LTE, Operator.LT} and not isinstance(operand, tuple):
        return () if operand is None else (operand,)
    if operator == Operator.BETWEEN and isinstance(operand, tuple):
        return operand if operand[0] != operand[1] else operand[:1]
    return (0,) if operator == Operator.ROOM_LEFT else ()

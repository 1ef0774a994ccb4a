"""Which tasks there are, on which queue, and whether they bring their own transactions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

QUEUES = ("default", "money", "documents")


class UnknownTask(LookupError):
    """A name that no `@outbox_task` registered: a programming fault."""


@dataclass(frozen=True)
class TaskDefinition:
    """A registered function of JSON keyword arguments."""

    name: str
    queue: str
    function: Callable[..., Any]
    own_transactions: bool


_definitions: dict[str, TaskDefinition] = {}


def outbox_task(
    name: str, *, queue: str = "default", own_transactions: bool = False
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Register a function under a name that rows keep.

    By default it runs in one transaction with its row. One that calls the outside says ``own_transactions``:
    it runs under the row's lease, saves before each call, and must stand being run twice.
    """
    if queue not in QUEUES:
        raise ValueError(f"unknown queue {queue!r}")

    def register(function: Callable[P, R]) -> Callable[P, R]:
        known = _definitions.get(name)
        if known is not None and known.function.__module__ != function.__module__:
            raise ValueError(f"two tasks are called {name!r}")
        _definitions[name] = TaskDefinition(name, queue, function, own_transactions)
        return function

    return register


def find_task(name: str) -> TaskDefinition:
    """The task of this name. Raises UnknownTask."""
    try:
        return _definitions[name]
    except KeyError:
        raise UnknownTask(name) from None

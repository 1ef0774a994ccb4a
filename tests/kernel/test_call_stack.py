"""No depth of calls fetches and returns memory at every turn of a loop."""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable

from kernel.call_stack import with_room

TURNS = 200
# CPython's blocks hold some hundred frames; these depths pass over the border of two of them.
DEPTHS = range(0, 240, 3)


def leaf(value: int) -> int:
    return value + 1


# Larger than one step of `dive`, so that no border can lie between two depths.
leaf.__code__ = leaf.__code__.replace(co_stacksize=200)


def loop() -> int:
    total = 0
    for _ in range(TURNS):
        total = leaf(total)
    return total


def dive(depth: int) -> int:
    """The loop, below as many frames."""
    return dive(depth - 1) if depth else loop()


def faults_of(run: Callable[[int], int], depth: int) -> int:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    assert run(depth) == TURNS
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def test_a_loop_at_any_depth_fetches_no_memory_at_every_turn():
    roomy = with_room(dive)
    roomy(0)
    assert max(faults_of(roomy, depth) for depth in DEPTHS) < TURNS / 2


def test_without_room_some_depth_does():
    """What the room is for; the day this fails on the oldest Python that we run on, the room may go."""
    if sys.version_info >= (3, 13):
        # Its later releases keep a spare block.
        return
    assert max(faults_of(dive, depth) for depth in DEPTHS) >= TURNS


def test_it_is_the_same_function_otherwise():
    def divide(number: float, *, by: float) -> float:
        """One by the other."""
        return number / by

    roomy = with_room(divide)
    assert roomy(6, by=3) == 2
    assert (roomy.__name__, roomy.__doc__) == ("divide", "One by the other.")

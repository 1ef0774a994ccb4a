"""Room for deep calls, so that no depth of calls is by chance an expensive one."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

# Words of eight bytes that nothing ever touches: with them a frame needs just more than 128 KiB, so that
# CPython fetches a block of 256 KiB and leaves the other half to the calls below.
ROOM_WORDS = 16_000


def with_room(function: Callable[P, R]) -> Callable[P, R]:
    """The function, with one large block for its frames and for those of all that it calls.

    CPython up to 3.13 keeps frames in blocks of 16 KiB and gives a block back to the operating system as
    soon as the last frame in it ends (its issue gh-142183). A loop that happens to lie on the border of two
    blocks fetches and returns one at every turn, with a page fault each: a page drawn there costs up to
    twice its time, and the next middleware moves the border to another page.
    """

    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        return function(*args, **kwargs)

    call.__code__ = call.__code__.replace(co_stacksize=ROOM_WORDS)
    return update_wrapper(call, function)

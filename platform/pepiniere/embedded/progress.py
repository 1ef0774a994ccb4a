"""Plain lines with times for every step that takes long; readable without a terminal too."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

PAUSE = 5.0


def say(line: str) -> None:
    """Print one line at once."""
    print(line, flush=True)


def warn(line: str) -> None:
    """Print one line on the error stream at once."""
    print(f"pepiniere: {line}", file=sys.stderr, flush=True)


@contextmanager
def step(title: str) -> Iterator[Callable[[str], None]]:
    """Frame a long step by two lines; what is yielded tells its progress, at most every 5 seconds."""
    started = time.monotonic()
    told = started
    say(f"  {title} …")

    def progress(detail: str) -> None:
        nonlocal told
        now = time.monotonic()
        if now - told >= PAUSE:
            told = now
            say(f"  {title} … {detail}, {now - started:.0f} s")

    try:
        yield progress
    except BaseException:
        say(f"  {title}: not done, after {time.monotonic() - started:.1f} s")
        raise
    say(f"  {title}: done in {time.monotonic() - started:.1f} s")

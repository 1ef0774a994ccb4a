"""Runs the steps of the tour in order, tells each with its time, stops at the first that fails."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class StepFailed(Exception):
    """A step did not end as it must; its name is the first argument."""


@contextmanager
def step(title: str) -> Iterator[None]:
    """Time a step and print it when it is done. Raises StepFailed with its title."""
    start = time.monotonic()
    try:
        yield
    except Exception as error:
        print(f"  ✗ {title}: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
        raise StepFailed(title) from error
    print(f"  ✓ {time.monotonic() - start:5.1f} s  {title}", flush=True)


def wait_until(
    condition: Callable[[], bool], *, what: str, seconds: float = 60.0, pause: float = 0.3
) -> None:
    """Ask again until ``condition`` holds. Raises TimeoutError naming ``what`` did not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError(f"after {seconds:g} s still no {what}")
        time.sleep(pause)

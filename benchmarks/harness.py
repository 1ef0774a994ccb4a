"""A row is a ratio between two things measured in turns, framed by two runs of the same reference loop."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from django.db import connection

T = TypeVar("T")

TOLERATED_DRIFT = 0.20
ATTEMPTS = 4


@dataclass(frozen=True)
class Measure:
    """What a benchmark returns: its value and, in words, what it was measured against."""

    value: float
    detail: str = ""


@dataclass(frozen=True)
class Benchmark:
    """One declared row: `aim` is the largest (or, with `at_least`, the smallest) value that holds."""

    name: str
    unit: str
    ratio_to: str
    aim: float
    run: Callable[[], Measure]
    at_least: bool = False

    def holds(self, value: float) -> bool:
        return value >= self.aim if self.at_least else value <= self.aim


@dataclass(frozen=True)
class Row:
    """One printed row; `drift` is how far the two reference loops around it lay apart."""

    name: str
    value: float
    unit: str
    ratio_to: str
    aim: str
    holds: bool
    drift: float
    quiet: bool
    detail: str

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


REGISTRY: dict[str, Benchmark] = {}


def benchmark(
    *, name: str, unit: str, ratio_to: str, aim: float, at_least: bool = False
) -> Callable[[Callable[[], Measure]], Callable[[], Measure]]:
    """Declare a row; the function measures both sides itself, in turns."""

    def register(function: Callable[[], Measure]) -> Callable[[], Measure]:
        REGISTRY[name] = Benchmark(name, unit, ratio_to, aim, function, at_least)
        return function

    return register


def reference_loop() -> float:
    """Seconds of CPU for a fixed piece of plain Python: shows whether the machine changed meanwhile."""
    samples = []
    for _ in range(3):
        start = time.process_time()
        total = 0
        for number in range(400_000):
            total += number % 7
        assert total > 0
        samples.append(time.process_time() - start)
    return min(samples)


def measure_row(bench: Benchmark, reference: Callable[[], float] = reference_loop) -> Row:
    """Run a benchmark again while its two references differ by more than the tolerated drift.

    A row that never had a quiet run does not hold, whatever its value.
    """
    for _attempt in range(ATTEMPTS):
        before = reference()
        measured = bench.run()
        after = reference()
        drift = abs(after - before) / min(after, before)
        if drift <= TOLERATED_DRIFT:
            break
    sign = "≥" if bench.at_least else "≤"
    return Row(
        name=bench.name,
        value=round(measured.value, 3),
        unit=bench.unit,
        ratio_to=bench.ratio_to,
        aim=f"{sign} {bench.aim:g}",
        holds=drift <= TOLERATED_DRIFT and bench.holds(measured.value),
        drift=round(drift, 3),
        quiet=drift <= TOLERATED_DRIFT,
        detail=measured.detail,
    )


def backend_cpu_seconds() -> float:
    """CPU seconds used so far by the PostgreSQL backend of this connection (same machine only)."""
    connection.ensure_connection()
    pid = connection.connection.info.backend_pid
    return process_cpu_seconds(pid)


def process_cpu_seconds(pid: int) -> float:
    """User and system CPU seconds of a process, read from the kernel's accounting in nanoseconds."""
    nanoseconds = Path(f"/proc/{pid}/schedstat").read_text().split()[0]
    return int(nanoseconds) / 1e9


@contextmanager
def no_garbage_collection() -> Iterator[None]:
    """Keep the collector's pauses out of a sample."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def cpu_of(function: Callable[[], object], repeat: int = 1) -> float:
    """CPU seconds per call, this process plus its PostgreSQL backend."""
    with no_garbage_collection():
        # The collection has just been through all of memory: the processor has to find its way back.
        function()
        start, database_start = time.process_time(), backend_cpu_seconds()
        for _ in range(repeat):
            function()
        spent = time.process_time() - start + backend_cpu_seconds() - database_start
    return spent / repeat


def cpu_once(function: Callable[[], T]) -> tuple[float, T]:
    """CPU seconds of one call that cannot be repeated, counted as `cpu_of` does, and what it returned."""
    with no_garbage_collection():
        start, database_start = time.process_time(), backend_cpu_seconds()
        found = function()
        return time.process_time() - start + backend_cpu_seconds() - database_start, found


def quiet_ratio(
    one: Callable[[], float], other: Callable[[], float], rounds: int = 21
) -> tuple[float, float, float]:
    """Measure both in turns; give the ratio of their lower quartiles and both of these.

    Other programs can only add to the CPU time of a sample, by emptying the processor's caches, and they
    add more to the side with more code: the quarter that was disturbed least says what a side costs.
    """
    pairs = [(one(), other()) for _ in range(rounds)]
    top, bottom = (statistics.quantiles(side, n=4)[0] for side in zip(*pairs, strict=True))
    return top / bottom, top, bottom

"""A row is measured again while the machine changes under it, and never holds on a noisy run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from benchmarks.harness import ATTEMPTS, Benchmark, Measure, measure_row


def row_of(*values: float, aim: float = 2.0, at_least: bool = False) -> tuple[Benchmark, list[float]]:
    """A row that gives one value after the other, and the values still to come."""
    coming = list(values)
    bench = Benchmark("row", "×", "nothing", aim, lambda: Measure(coming.pop(0)), at_least)
    return bench, coming


def clock(*seconds: float) -> Callable[[], float]:
    """A reference loop that took these times."""
    coming = iter(seconds)
    return lambda: next(coming)


def test_a_quiet_row_is_measured_once() -> None:
    """A fifth more is still the same machine."""
    bench, coming = row_of(1.0, 9.0)
    row = measure_row(bench, clock(1.0, 1.2))
    assert (row.value, row.holds, row.quiet, row.drift) == (1.0, True, True, 0.2)
    assert coming == [9.0]


@pytest.mark.parametrize("slower", [(1.0, 1.21), (1.21, 1.0)])
def test_a_noisy_row_is_measured_again(slower: tuple[float, float]) -> None:
    """Whichever of the two references was the slower one."""
    bench, coming = row_of(9.0, 1.0, 9.0)
    row = measure_row(bench, clock(*slower, 1.0, 1.0))
    assert (row.value, row.holds, row.quiet) == (1.0, True, True)
    assert coming == [9.0]


def test_a_row_that_stays_noisy_does_not_hold() -> None:
    """It gives up after some attempts and says so."""
    bench, coming = row_of(*[1.0] * (ATTEMPTS + 1))
    row = measure_row(bench, clock(*[1.0, 2.0] * ATTEMPTS))
    assert (row.value, row.holds, row.quiet) == (1.0, False, False)
    assert coming == [1.0]


@pytest.mark.parametrize(
    ("value", "at_least", "holds"),
    [(2.0, False, True), (2.01, False, False), (2.0, True, True), (1.99, True, False)],
)
def test_the_aim_itself_holds(value: float, at_least: bool, holds: bool) -> None:
    """As a largest or as a smallest value."""
    bench, _ = row_of(value, at_least=at_least)
    row = measure_row(bench, clock(1.0, 1.0))
    assert row.holds is holds
    assert row.aim == ("≥ 2" if at_least else "≤ 2")

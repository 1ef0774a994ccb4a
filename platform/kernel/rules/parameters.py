"""Dated parameters: values that the law or a funder changes from a day on, each with its reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kernel.rules.facts import Words
from kernel.rules.kinds import Kind, Value


@dataclass(frozen=True)
class DatedValue:
    """A value in force from a legal date until the next one begins; None says that it was repealed."""

    valid_from: date
    value: Value | None
    reference: str = ""


@dataclass(frozen=True)
class Parameter:
    """A named value and its history, oldest first."""

    key: str
    kind: Kind
    label: Words
    values: tuple[DatedValue, ...]
    unit: str = ""

    def on(self, day: date) -> DatedValue | None:
        """What is in force on a legal date; None before the first value and while repealed."""
        found = None
        for dated in self.values:
            if dated.valid_from > day:
                break
            found = dated
        return found if found is not None and found.value is not None else None


Parameters = Mapping[str, Parameter]
NO_PARAMETERS: Parameters = {}

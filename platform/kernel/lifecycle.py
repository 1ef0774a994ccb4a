"""The life of a thing as one table: which act leads from where to where, and who may do it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kernel.errors import DomainError


class TransitionRefused(DomainError):
    """The act does not fit the present state, often because somebody else acted first."""

    code = "transition_refused"
    message = _("%(reason)s Entre-temps : %(state)s.")

    def __init__(self, *, reason: str | Promise, state: str | Promise, transition: str) -> None:
        self.transition = transition
        super().__init__(reason=reason, state=state)


class RoleRefused(DomainError):
    """The act exists, but not for this role."""

    code = "role_refused"
    message = _("Cette action revient à quelqu’un d’autre.")
    status = 403


@dataclass(frozen=True)
class Transition:
    """One row of the table. ``by`` are roles; ``refusal`` is told when the state does not fit."""

    name: str
    sources: tuple[str, ...]
    target: str
    by: frozenset[str]
    refusal: str | Promise


@dataclass(frozen=True)
class Change:
    """What an applied transition did, for the timeline."""

    name: str
    source: str
    target: str


class Lifecycle:
    """A table of transitions over one state field; nothing else may assign that field."""

    def __init__(self, field: str, transitions: Iterable[Transition]) -> None:
        self.field = field
        self.transitions: dict[str, list[Transition]] = {}
        for transition in transitions:
            self.transitions.setdefault(transition.name, []).append(transition)

    def __iter__(self) -> Any:
        return (row for rows in self.transitions.values() for row in rows)

    def find(self, obj: models.Model, name: str, role: str) -> Transition:
        """The row for this act, state and role.

        Raises RoleRefused, TransitionRefused, or KeyError for an act that does not exist.
        """
        rows = self.transitions[name]
        mine = [row for row in rows if role in row.by]
        if not mine:
            raise RoleRefused
        state = getattr(obj, self.field)
        for row in mine:
            if state in row.sources:
                return row
        raise TransitionRefused(reason=mine[0].refusal, state=self._word(obj), transition=name)

    def check(self, obj: models.Model, name: str, role: str) -> None:
        """Raise as `find` does if the act is not possible now."""
        self.find(obj, name, role)

    def apply(self, obj: models.Model, name: str, role: str) -> Change:
        """Assign the new state (the caller saves, under its lock) and say what changed. Raises as `find`."""
        row = self.find(obj, name, role)
        source = getattr(obj, self.field)
        setattr(obj, self.field, row.target)
        return Change(name, source, row.target)

    def actions_for(self, obj: models.Model, role: str) -> list[Transition]:
        """The acts that ``role`` may do now, in the order of the table."""
        state = getattr(obj, self.field)
        return [row for row in self if role in row.by and state in row.sources]

    def _word(self, obj: models.Model) -> str:
        display = getattr(obj, f"get_{self.field}_display", None)
        return str(display()) if display else str(getattr(obj, self.field))

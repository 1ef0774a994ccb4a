"""The provider's answer: accept or decline, then start."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from services.orders.errors import ReasonMissing
from services.orders.lifecycle import CLOCK, PROVIDER
from services.orders.locking import lock_line
from services.orders.models import OrderLine, TimelineEntry
from services.orders.notices import notify_business, notify_provider
from services.orders.transitions import milestones_of, move_line, move_milestone


@transaction.atomic
def accept_line(*, key: str, actor: Any) -> OrderLine:
    """The provider takes the line; its promised date is counted from now in working days.

    Raises LineNotFound, TransitionRefused, BothSides.
    """
    line = lock_line(key)
    move_line(line, "accept", role=PROVIDER, actor=actor)
    notify_business("accepted", line, last_step(line))
    return line


@transaction.atomic
def decline_line(*, key: str, actor: Any, reason: str) -> OrderLine:
    """The provider refuses; the operator gives the money back. Raises as accept_line, ReasonMissing."""
    if not reason.strip():
        raise ReasonMissing()
    line = lock_line(key)
    move_line(line, "decline", role=PROVIDER, actor=actor, note=reason.strip())
    notify_business("declined", line, last_step(line), reason=reason.strip())
    return line


@transaction.atomic
def time_out_line(*, line: OrderLine) -> None:
    """The clock's work on a locked line: its provider did not answer, the operator finds a solution.

    Raises TransitionRefused.
    """
    move_line(line, "time_out", role=CLOCK)
    step = last_step(line)
    notify_business("unanswered", line, step)
    notify_provider("unanswered", line, step)


@transaction.atomic
def start_line(*, key: str, actor: Any) -> OrderLine:
    """The provider begins with the first milestone. Raises as accept_line."""
    line = lock_line(key)
    now = timezone.now()
    move_line(line, "start", role=PROVIDER, actor=actor, now=now)
    move_milestone(milestones_of(line)[0], "start", role=PROVIDER, actor=actor, now=now)
    return line


def last_step(line: OrderLine) -> TimelineEntry:
    """The newest row of a locked line's own timeline."""
    return TimelineEntry.objects.filter(line=line, milestone=None).latest("id")

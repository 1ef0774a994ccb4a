"""The client's review: approve a delivery, or ask for changes within the rounds of the offer."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from billing.payouts.operations import release
from kernel.outbox.operations import enqueue
from services.fulfilment.errors import NoRoundsLeft, OtherMilestone
from services.fulfilment.operations.answer import last_step
from services.orders.errors import ReasonMissing
from services.orders.lifecycle import BUSINESS, CLOCK, LINE, LineState, MilestoneState
from services.orders.locking import lock_line, lock_line_and_charge
from services.orders.models import Milestone, OrderLine
from services.orders.notices import notify_business, notify_provider
from services.orders.operations.close import CLOSED_AFTER
from services.orders.transitions import (
    current_milestone,
    follow_milestones,
    milestones_of,
    move_milestone,
)


@transaction.atomic
def approve_milestone(
    *, key: str, actor: Any, milestone_key: str | None = None, role: str = BUSINESS
) -> OrderLine:
    """Approve what was delivered: its money is released, invoices are asked for, the next milestone begins.

    The clock approves in the place of a client who stays silent. With ``milestone_key`` only that very
    milestone. Takes the lock of the charge first.
    Raises LineNotFound, TransitionRefused, OtherMilestone, BothSides.
    """
    line = lock_line_and_charge(key)
    milestones, milestone = _delivered(line, "approve", milestone_key, role)
    now = timezone.now()
    move_milestone(milestone, "approve", role=role, actor=actor, now=now)
    waiting = next((part for part in milestones if part.state == MilestoneState.PENDING), None)
    if waiting is not None:
        move_milestone(waiting, "start", role=role, actor=actor, now=now)
    follow_milestones(line, milestones, role=role, actor=actor, now=now)
    payout = release(item_key=line.key, release_key=milestone.key)
    if line.state == LineState.APPROVED:
        enqueue(
            "orders.close_line", due_at=now + CLOSED_AFTER, dedupe_key=f"close_line:{line.key}", key=line.key
        )
    notify_provider("approved", line, last_step(line), net_cents=payout.net_cents, milestone=milestone.key)
    if role == CLOCK:
        notify_business("approved_by_clock", line, last_step(line), milestone=milestone.key)
    return line


@transaction.atomic
def request_changes(*, key: str, actor: Any, reason: str, milestone_key: str | None = None) -> OrderLine:
    """Send a delivery back with what must change; with ``milestone_key`` only that very milestone's.

    Raises ReasonMissing, NoRoundsLeft, LineNotFound, TransitionRefused, OtherMilestone, BothSides.
    """
    if not reason.strip():
        raise ReasonMissing()
    line = lock_line(key)
    milestones, milestone = _delivered(line, "request_changes", milestone_key, BUSINESS)
    if line.rounds_left == 0:
        raise NoRoundsLeft(rounds=line.offer.get("rounds_of_changes", 0))
    now = timezone.now()
    line.rounds_used += 1
    note = reason.strip()
    move_milestone(milestone, "request_changes", role=BUSINESS, actor=actor, note=note, now=now)
    follow_milestones(line, milestones, role=BUSINESS, actor=actor, note=note, now=now)
    notify_provider("changes_requested", line, last_step(line), reason=note, milestone=milestone.key)
    return line


def _delivered(line: OrderLine, act: str, wanted: str | None, role: str) -> tuple[list[Milestone], Milestone]:
    LINE.check(line, act, role)
    milestones = milestones_of(line)
    milestone = current_milestone(milestones)
    if milestone is None:
        raise LookupError(f"line {line.key} is delivered without a delivered milestone")
    if wanted is not None and milestone.key != wanted:
        raise OtherMilestone(label=milestone.shown_label)
    return milestones, milestone

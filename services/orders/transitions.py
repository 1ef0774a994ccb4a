"""Moves lines and milestones by their tables, with a timeline row for each move."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from kernel.lifecycle import Change
from services.orders.clocks import start_clock
from services.orders.errors import BothSides
from services.orders.lifecycle import (
    BUSINESS,
    LINE,
    MILESTONE,
    PROVIDER,
    LineState,
    MilestoneState,
)
from services.orders.models import Milestone, Order, OrderLine, TimelineEntry
from tenants.calendar.working_days import add_working_days, clock_settings, working_days
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date

_FOLLOWING = {
    LineState.IN_PROGRESS: "go_on",
    LineState.DELIVERED: "deliver",
    LineState.CHANGES_REQUESTED: "request_changes",
    LineState.APPROVED: "approve",
}
OTHER_SIDE = {BUSINESS: PROVIDER, PROVIDER: BUSINESS}


def move_line(
    line: OrderLine, name: str, *, role: str, actor: Any = None, note: str = "", now: datetime | None = None
) -> Change:
    """Apply a transition to a locked line, save it with its deadlines and write the timeline row.

    Raises TransitionRefused, RoleRefused, BothSides.
    """
    refuse_both_sides(line.order, role=role, actor=actor)
    at = now or timezone.now()
    change = LINE.apply(line, name, role)
    line.changed_at = at
    _set_deadlines(line, at)
    line.save()
    start_clock(line)
    _write(line, None, change, role=role, actor=actor, note=note, at=at)
    return change


def move_milestone(
    milestone: Milestone,
    name: str,
    *,
    role: str,
    actor: Any = None,
    note: str = "",
    now: datetime | None = None,
) -> Change:
    """Apply a transition to a milestone of a locked line, save it and write the timeline row.

    Raises TransitionRefused, RoleRefused, BothSides.
    """
    refuse_both_sides(milestone.line.order, role=role, actor=actor)
    at = now or timezone.now()
    change = MILESTONE.apply(milestone, name, role)
    if milestone.state == MilestoneState.DELIVERED:
        milestone.delivered_at = at
        milestone.review_due_at = at + timedelta(days=clock_settings().client_review_days)
    else:
        milestone.review_due_at = None
    if milestone.state == MilestoneState.APPROVED:
        milestone.approved_at = at
    milestone.save()
    _write(milestone.line, milestone, change, role=role, actor=actor, note=note, at=at)
    return change


def milestones_of(line: OrderLine) -> list[Milestone]:
    """The milestones of a locked line in order, each knowing this very line."""
    found = list(Milestone.objects.filter(line=line).order_by("position"))
    for milestone in found:
        milestone.line = line
    return found


def current_milestone(milestones: list[Milestone]) -> Milestone | None:
    """The one that is open: in progress, delivered or to be corrected."""
    opened = {MilestoneState.IN_PROGRESS, MilestoneState.DELIVERED, MilestoneState.CHANGES_REQUESTED}
    return next((milestone for milestone in milestones if milestone.state in opened), None)


def cancel_milestones(line: OrderLine, *, role: str, actor: Any, now: datetime) -> list[Milestone]:
    """Cancel what is not approved; the milestones that stay approved."""
    approved = []
    for milestone in milestones_of(line):
        if milestone.state == MilestoneState.APPROVED:
            approved.append(milestone)
        elif milestone.state != MilestoneState.CANCELLED:
            move_milestone(milestone, "cancel", role=role, actor=actor, now=now)
    return approved


def derived_state(milestones: list[Milestone]) -> LineState:
    """The state of a started line as its milestones have it (docs/decisions/0003)."""
    current = current_milestone(milestones)
    if current is not None:
        return {
            MilestoneState.IN_PROGRESS: LineState.IN_PROGRESS,
            MilestoneState.DELIVERED: LineState.DELIVERED,
            MilestoneState.CHANGES_REQUESTED: LineState.CHANGES_REQUESTED,
        }[MilestoneState(current.state)]
    if any(milestone.state == MilestoneState.PENDING for milestone in milestones):
        return LineState.IN_PROGRESS
    approved = any(milestone.state == MilestoneState.APPROVED for milestone in milestones)
    return LineState.APPROVED if approved else LineState.CANCELLED


def follow_milestones(
    line: OrderLine, milestones: list[Milestone], *, role: str, actor: Any, note: str = "", now: datetime
) -> Change:
    """Bring a started line to where its milestones are. Raises TransitionRefused, RoleRefused."""
    return move_line(line, _FOLLOWING[derived_state(milestones)], role=role, actor=actor, note=note, now=now)


def refuse_both_sides(order: Order, *, role: str, actor: Any) -> None:
    """Nobody acts for the buyer and for a provider of one order. Raises BothSides."""
    other = OTHER_SIDE.get(role)
    if other is None or actor is None:
        return
    if role == PROVIDER and order.placed_by_id == actor.pk:
        raise BothSides()
    if TimelineEntry.objects.filter(line__order=order, actor=actor, role=other).exists():
        raise BothSides()


def write_opening(lines: list[OrderLine], *, actor: Any, at: datetime) -> None:
    """The first row of each line's timeline: it was ordered."""
    TimelineEntry.objects.bulk_create(
        TimelineEntry(
            line=line,
            at=at,
            actor=actor,
            role=BUSINESS,
            transition="order",
            from_state="",
            to_state=line.state,
        )
        for line in lines
    )


def _set_deadlines(line: OrderLine, at: datetime) -> None:
    """Until when whoever acts next should have acted; working time on the tenant's calendar."""
    if line.state == LineState.AWAITING_PROVIDER:
        line.answer_due_at = add_working_days(at, clock_settings().provider_answer_working_days)
        line.due_at = line.answer_due_at
    elif line.state == LineState.ACCEPTED:
        line.promised_on = promised_on(at, int(line.offer["lead_time_days"]))
        line.due_at = end_of_working_day(line.promised_on)
    elif line.state in (LineState.IN_PROGRESS, LineState.CHANGES_REQUESTED) and line.promised_on:
        line.due_at = end_of_working_day(line.promised_on)
    elif line.state == LineState.DELIVERED:
        line.due_at = at + timedelta(days=clock_settings().client_review_days)
    else:
        line.due_at = None


def promised_on(accepted_at: datetime, lead_time_days: int) -> date:
    """The legal date on which a line accepted at an instant is promised: the lead time in working days."""
    return legal_date(current_tenant(), add_working_days(accepted_at, lead_time_days))


def end_of_working_day(day: date) -> datetime:
    """The closing time of a date in the tenant's zone, as a UTC instant."""
    calendar = working_days()
    closing: time = calendar.day_end
    return datetime.combine(day, closing, tzinfo=ZoneInfo(current_tenant().time_zone))


def _write(
    line: OrderLine,
    milestone: Milestone | None,
    change: Change,
    *,
    role: str,
    actor: Any,
    note: str,
    at: datetime,
) -> None:
    TimelineEntry.objects.create(
        line=line,
        milestone=milestone,
        at=at,
        actor=actor,
        role=role,
        transition=change.name,
        from_state=change.source,
        to_state=change.target,
        note=note,
    )

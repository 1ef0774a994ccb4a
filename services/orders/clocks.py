"""The due rows of lines: when somebody is reminded, and when the clock acts in their place."""

from __future__ import annotations

from datetime import datetime, timedelta

from kernel.outbox.operations import enqueue
from services.orders.lifecycle import LineState
from services.orders.models import OrderLine
from tenants.calendar.working_days import add_working_days

REMIND_PROVIDER_WORKING_DAYS = 1
GIVE_BACK_WORKING_DAYS = 5
FIRST_REVIEW_REMINDER = timedelta(days=5)


def plan_clock(line: OrderLine, *, due_at: datetime) -> None:
    """`fulfilment.run_clock` looks at the line at a UTC instant, unless the line has changed by then."""
    enqueue("fulfilment.run_clock", due_at=due_at, key=line.key, changed_at=line.changed_at.isoformat())


def start_clock(line: OrderLine) -> None:
    """Plan the first look at a locked line that has just entered its state; most states have no clock."""
    at = line.changed_at
    if line.state == LineState.AWAITING_PROVIDER and line.answer_due_at is not None:
        remind = add_working_days(at, REMIND_PROVIDER_WORKING_DAYS)
        plan_clock(line, due_at=min(remind, line.answer_due_at))
    elif line.state in (LineState.DECLINED, LineState.UNANSWERED):
        plan_clock(line, due_at=add_working_days(at, GIVE_BACK_WORKING_DAYS))
    elif line.state == LineState.DELIVERED and line.due_at is not None:
        plan_clock(line, due_at=min(at + FIRST_REVIEW_REMINDER, line.due_at))

"""What happens to a line when whoever should act does not: reminders, then the clock acts itself.

One due row of the outbox a line and state, written when the line enters the state. It carries the instant of
that change: a line that moved on meanwhile, even if it came back, is left alone. After a week of downtime
each row runs once, in the order of its due instants.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from billing.charges.queries import balance_is_open
from services.fulfilment.operations.answer import last_step, time_out_line
from services.fulfilment.operations.give_back import give_back_line
from services.fulfilment.operations.review import approve_milestone
from services.orders.clocks import plan_clock
from services.orders.lifecycle import CLOCK, LineState
from services.orders.locking import lock_line_and_charge
from services.orders.models import OrderLine
from services.orders.notices import notify_business, notify_provider

# After a delivery; the approval itself is the tenant's own number of days.
REVIEW_REMINDERS = (timedelta(days=5), timedelta(days=12))

# How long until an approval that only a balance keeps back is tried again.
BALANCE_LOOK = timedelta(days=1)


@transaction.atomic
def run_clock(*, key: str, changed_at: str) -> None:
    """Remind, or act in the place of whoever did not; nothing if the line changed since `changed_at`.

    Raises LineNotFound and what billing refuses.
    """
    line = lock_line_and_charge(key)
    if line.changed_at != datetime.fromisoformat(changed_at):
        return
    acts: dict[str, Callable[[OrderLine], None]] = {
        LineState.AWAITING_PROVIDER: _answer,
        LineState.DECLINED: _give_back,
        LineState.UNANSWERED: _give_back,
        LineState.DELIVERED: _review,
    }
    act = acts.get(line.state)
    if act is not None:
        act(line)


def _answer(line: OrderLine) -> None:
    due = line.answer_due_at
    if due is not None and timezone.now() < due:
        notify_provider("answer_reminder", line, last_step(line), due_at=due.isoformat())
        plan_clock(line, due_at=due)
        return
    time_out_line(line=line)


def _give_back(line: OrderLine) -> None:
    give_back_line(key=line.key, actor=None, role=CLOCK)


def _review(line: OrderLine) -> None:
    now, due = timezone.now(), line.due_at
    if due is None or now >= due:
        if balance_is_open(line.order.charge_reference):
            # Nobody approves before all is paid: the client is asked for the balance, or staff decide.
            plan_clock(line, due_at=now + BALANCE_LOOK)
            return
        approve_milestone(key=line.key, actor=None, role=CLOCK)
        return
    passed = sum(now >= line.changed_at + after for after in REVIEW_REMINDERS)
    notify_business("review_reminder", line, last_step(line), number=passed, due_at=due.isoformat())
    later = (line.changed_at + after for after in REVIEW_REMINDERS[passed:])
    plan_clock(line, due_at=min([*later, due]))

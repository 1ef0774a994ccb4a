"""How far away a deadline is, on the tenant's working calendar."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from tenants.calendar.working_days import WorkingDays


def days_left(due_at: datetime | None, calendar: WorkingDays, now: datetime) -> int | None:
    """Working days until a deadline: 0 is today, negative is late; None without a deadline."""
    if due_at is None:
        return None
    today, day = now.astimezone(calendar.zone).date(), due_at.astimezone(calendar.zone).date()
    if day == today:
        return 0 if due_at >= now else -1
    first, last = min(today, day), max(today, day)
    steps = sum(
        calendar.is_working_day(first + timedelta(days=ahead)) for ahead in range(1, (last - first).days + 1)
    )
    return steps if day > today else -max(1, steps)


def next_monday(now: datetime, calendar: WorkingDays) -> datetime:
    """The beginning of next week in the tenant's zone."""
    today = now.astimezone(calendar.zone).date()
    return datetime.combine(today + timedelta(days=7 - today.weekday()), time.min, tzinfo=calendar.zone)

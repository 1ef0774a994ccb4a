"""Counts working days from one instant to another in the tenant's zone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tenants.calendar.holidays import public_holidays
from tenants.calendar.models import ClockSettings, Closure, PublicHoliday, WorkingCalendar
from tenants.directory.current import current_tenant

# A tenant that closes for longer than this has no deadlines any more.
_LONGEST_SEARCH_DAYS = 750


@dataclass(frozen=True)
class WorkingDays:
    """The calendar as plain values, so that counting asks no database."""

    zone: ZoneInfo
    weekdays: frozenset[int]
    day_start: time
    day_end: time
    departments: tuple[str, ...] = ()
    national: bool = True
    days_off: frozenset[date] = frozenset()
    worked: frozenset[date] = frozenset()
    closures: tuple[tuple[date, date], ...] = ()

    def is_working_day(self, on: date) -> bool:
        """Whether people work on this date."""
        if on.isoweekday() not in self.weekdays or on in self.days_off:
            return False
        if any(first <= on <= last for first, last in self.closures):
            return False
        if on in self.worked:
            return True
        return not (self.national and on in public_holidays(on.year, self.departments))

    def next_working_day(self, on: date) -> date:
        """The first working day after ``on``. Raises ValueError when the calendar has none in two years."""
        for step in range(1, _LONGEST_SEARCH_DAYS):
            day = on + timedelta(days=step)
            if self.is_working_day(day):
                return day
        raise ValueError(f"no working day within {_LONGEST_SEARCH_DAYS} days after {on}")

    def add(self, start: datetime, days: int) -> datetime:
        """The instant (UTC) at which ``days`` working days have passed.

        It keeps the time of day within working hours: what comes in at night or on a day off counts from
        the next opening, so a deadline always ends while people work.
        """
        if days < 0:
            raise ValueError("days must not be negative")
        local = start.astimezone(self.zone)
        day, clock = local.date(), local.time()
        if not self.is_working_day(day):
            day, clock = self.next_working_day(day), self.day_start
        elif clock < self.day_start:
            clock = self.day_start
        elif clock >= self.day_end:
            day, clock = self.next_working_day(day), self.day_start
        for _ in range(days):
            day = self.next_working_day(day)
        return datetime.combine(day, clock, tzinfo=self.zone).astimezone(UTC)

    def add_days(self, on: date, days: int) -> date:
        """The legal date ``days`` working days after ``on``."""
        for _ in range(days):
            on = self.next_working_day(on)
        return on


def working_days() -> WorkingDays:
    """The current tenant's calendar, in three statements."""
    tenant = current_tenant()
    row = WorkingCalendar.objects.first() or WorkingCalendar()
    holidays = list(PublicHoliday.objects.values_list("on", "is_worked"))
    return WorkingDays(
        zone=ZoneInfo(tenant.time_zone),
        weekdays=frozenset(row.weekdays),
        day_start=row.day_start,
        day_end=row.day_end,
        departments=tuple(tenant.departments),
        national=row.follows_national_holidays,
        days_off=frozenset(on for on, is_worked in holidays if not is_worked),
        worked=frozenset(on for on, is_worked in holidays if is_worked),
        closures=tuple(Closure.objects.values_list("starts_on", "ends_on")),
    )


def add_working_days(start: datetime, days: int) -> datetime:
    """As `WorkingDays.add`, on the current tenant's calendar."""
    return working_days().add(start, days)


def clock_settings() -> ClockSettings:
    """The deadlines of the current tenant; the defaults while nobody changed them."""
    return ClockSettings.objects.first() or ClockSettings()


def set_calendar(
    *,
    weekdays: Collection[int],
    day_start: time,
    day_end: time,
    holidays: Collection[date] = (),
    closures: Collection[tuple[date, date, str]] = (),
) -> WorkingCalendar:
    """Write the tenant's calendar; days off and closures are added to those there."""
    row, _created = WorkingCalendar.objects.update_or_create(
        pk=1, defaults={"weekdays": sorted(weekdays), "day_start": day_start, "day_end": day_end}
    )
    PublicHoliday.objects.bulk_create([PublicHoliday(on=on) for on in holidays], ignore_conflicts=True)
    Closure.objects.bulk_create(
        [Closure(starts_on=first, ends_on=last, label=label) for first, last, label in closures],
        ignore_conflicts=True,
    )
    return row

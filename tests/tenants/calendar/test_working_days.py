"""Working days: never a day off, never backwards, in the tenant's own zone."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from tenants.calendar.holidays import public_holidays
from tenants.calendar.models import ClockSettings, PublicHoliday
from tenants.calendar.working_days import (
    WorkingDays,
    add_working_days,
    clock_settings,
    set_calendar,
    working_days,
)

PARIS = ZoneInfo("Europe/Paris")


def calendar(**values):
    """Monday to Friday, 9 to 18, in Paris."""
    return WorkingDays(
        **{
            "zone": PARIS,
            "weekdays": frozenset({1, 2, 3, 4, 5}),
            "day_start": time(9),
            "day_end": time(18),
            **values,
        }
    )


CALENDARS = st.builds(
    calendar,
    zone=st.sampled_from([PARIS, ZoneInfo("Indian/Reunion"), ZoneInfo("America/Martinique")]),
    weekdays=st.frozensets(st.integers(1, 7), min_size=1),
    departments=st.sampled_from([(), ("974",), ("972",), ("67", "68"), ("33", "79")]),
    closures=st.lists(
        st.tuples(st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(0, 40)).map(
            lambda pair: (pair[0], pair[0] + timedelta(days=pair[1]))
        ),
        max_size=3,
    ).map(tuple),
)
INSTANTS = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))
DAYS = st.integers(0, 30)


@given(CALENDARS, INSTANTS, DAYS)
def test_it_ends_on_a_working_day_within_hours(days, start, count):
    end = days.add(start, count).astimezone(days.zone)
    assert days.is_working_day(end.date())
    assert days.day_start <= end.time() < days.day_end
    assert end >= start


@given(CALENDARS, INSTANTS, INSTANTS, DAYS)
def test_later_never_ends_earlier(days, one, other, count):
    first, second = sorted((one, other))
    assert days.add(first, count) <= days.add(second, count)


@given(CALENDARS, INSTANTS, DAYS)
def test_one_day_more_is_later(days, start, count):
    assert days.add(start, count) < days.add(start, count + 1)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        (datetime(2026, 11, 23, 14), 2, datetime(2026, 11, 25, 14)),
        (datetime(2026, 11, 20, 19), 2, datetime(2026, 11, 25, 9)),
        (datetime(2026, 11, 21, 12), 1, datetime(2026, 11, 24, 9)),
        (datetime(2026, 4, 30, 10), 1, datetime(2026, 5, 4, 10)),
        (datetime(2026, 12, 24, 10), 1, datetime(2026, 12, 28, 10)),
        (datetime(2026, 3, 27, 10), 1, datetime(2026, 3, 30, 10)),
        (datetime(2026, 10, 23, 10), 1, datetime(2026, 10, 26, 10)),
    ],
)
def test_deadlines_people_know(start, days, end):
    assert calendar().add(start.replace(tzinfo=PARIS), days) == end.replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("on", "departments", "off"),
    [
        (date(2026, 4, 6), (), True),
        (date(2027, 5, 6), (), True),
        (date(2026, 5, 25), (), True),
        (date(2026, 4, 3), (), False),
        (date(2026, 4, 3), ("67", "68"), True),
        (date(2026, 12, 26), ("57",), True),
        (date(2026, 12, 20), ("974",), True),
        (date(2026, 12, 20), ("75",), False),
        (date(2026, 5, 22), ("972",), True),
        (date(2038, 4, 26), (), True),
    ],
)
def test_french_holidays_of_any_year(on, departments, off):
    assert (on in public_holidays(on.year, departments)) is off


def test_the_tenants_own_rows_decide(tenant):
    start = datetime(2026, 11, 10, 12, tzinfo=PARIS)
    assert add_working_days(start, 1) == datetime(2026, 11, 12, 12, tzinfo=PARIS)
    PublicHoliday.objects.create(on=date(2026, 11, 11), is_worked=True)
    assert add_working_days(start, 1) == datetime(2026, 11, 11, 12, tzinfo=PARIS)
    set_calendar(
        weekdays=[1, 2, 3, 4, 5, 6],
        day_start=time(8),
        day_end=time(12, 30),
        holidays=[date(2026, 11, 12)],
        closures=[(date(2026, 11, 13), date(2026, 11, 13), "Inventaire")],
    )
    assert add_working_days(start, 2) == datetime(2026, 11, 14, 12, tzinfo=PARIS)


def test_the_zone_is_the_tenants(tenant):
    tenant.time_zone = "Indian/Reunion"
    # Half past five in the afternoon in Paris is half past eight in the evening there.
    assert add_working_days(datetime(2026, 11, 23, 16, 30, tzinfo=UTC), 1) == datetime(
        2026, 11, 25, 9, tzinfo=ZoneInfo("Indian/Reunion")
    )


def test_the_calendar_is_read_in_few_statements(tenant, django_assert_max_num_queries):
    working_days()
    with django_assert_max_num_queries(3):
        days = working_days()
    with django_assert_max_num_queries(0):
        days.add(datetime(2026, 11, 23, tzinfo=UTC), 20)


def test_a_calendar_without_work_says_so():
    closed = calendar(closures=((date(2020, 1, 1), date(2040, 1, 1)),))
    with pytest.raises(ValueError, match="no working day"):
        closed.add(datetime(2026, 1, 1, tzinfo=UTC), 1)


def test_clocks_have_defaults_and_bounds(tenant):
    assert (clock_settings().provider_answer_working_days, clock_settings().client_review_days) == (2, 14)
    ClockSettings.objects.create(client_review_days=7)
    assert clock_settings().client_review_days == 7
    with pytest.raises(IntegrityError, match="clock_card_bounds"), transaction.atomic():
        ClockSettings.objects.update(card_payment_minutes=5)
    with pytest.raises(IntegrityError, match="single_row"), transaction.atomic():
        ClockSettings.objects.create(id=2)

"""Legal dates are the tenant's, to the second, at the ends of years and at both clock changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenants.directory.dates import legal_date
from tenants.directory.models import Tenant

ZONES = ("Europe/Paris", "Indian/Reunion", "America/Martinique")


@pytest.mark.parametrize(
    ("zone", "last", "first"),
    [
        ("Europe/Paris", "2026-12-31T22:59:59", "2026-12-31T23:00:00"),
        ("Indian/Reunion", "2026-12-31T19:59:59", "2026-12-31T20:00:00"),
        ("America/Martinique", "2027-01-01T03:59:59", "2027-01-01T04:00:00"),
    ],
)
def test_the_year_ends_at_the_tenants_midnight(zone, last, first):
    tenant = Tenant(time_zone=zone)
    assert legal_date(tenant, datetime.fromisoformat(f"{last}+00:00")) == date(2026, 12, 31)
    assert legal_date(tenant, datetime.fromisoformat(f"{first}+00:00")) == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("midnight", "day"),
    [
        # Winter time until the night of 28 to 29 March 2026, summer time until that of 24 to 25 October.
        ("2026-03-28T23:00:00", date(2026, 3, 29)),
        ("2026-03-29T22:00:00", date(2026, 3, 30)),
        ("2026-10-24T22:00:00", date(2026, 10, 25)),
        ("2026-10-25T23:00:00", date(2026, 10, 26)),
    ],
)
def test_days_of_23_and_25_hours_begin_and_end_at_midnight(midnight, day):
    tenant = Tenant(time_zone="Europe/Paris")
    instant = datetime.fromisoformat(f"{midnight}+00:00")
    assert legal_date(tenant, instant) == day
    assert legal_date(tenant, instant - timedelta(seconds=1)) == day - timedelta(days=1)


@given(
    instant=st.datetimes(
        min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)
    ),
    zone=st.sampled_from(ZONES),
    offset=st.sampled_from(ZONES),
)
def test_the_zone_in_which_an_instant_is_written_does_not_matter(instant, zone, offset):
    tenant = Tenant(time_zone=zone)
    assert legal_date(tenant, instant) == legal_date(tenant, instant.astimezone(ZoneInfo(offset)))


def test_an_instant_without_zone_has_no_date():
    with pytest.raises(ValueError, match="zone"):
        legal_date(Tenant(time_zone="Europe/Paris"), datetime(2026, 1, 1))

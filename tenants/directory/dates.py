"""From instants to legal dates: the only place where an instant loses its clock."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from tenants.directory.models import Tenant


def legal_date(tenant: Tenant, instant: datetime) -> date:
    """The date of ``instant`` (aware, any zone) in the tenant's own zone.

    Issue dates, tax points, numbering years and budget years are taken from it (docs/decisions/0005).
    Raises ValueError for an instant without zone.
    """
    if instant.tzinfo is None:
        raise ValueError("an instant without a zone has no legal date")
    return instant.astimezone(ZoneInfo(tenant.time_zone)).date()

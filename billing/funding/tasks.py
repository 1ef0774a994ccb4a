"""Work of programmes after commit."""

from __future__ import annotations

from django.utils import timezone

from billing.funding.grants import EXPIRE_VOUCHER, expire_voucher
from billing.funding.revisions import REFRESH_COVERAGE, refresh_coverage
from billing.funding.series import EXPIRE_SERIES, expire_series
from kernel.outbox import outbox_task
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date


@outbox_task(REFRESH_COVERAGE, queue="default")
def refresh_coverage_of(programme_id: int) -> None:
    """On the first day of a revision: lists follow the rule that is in force now."""
    refresh_coverage(programme_id=programme_id, on=legal_date(current_tenant(), timezone.now()))


@outbox_task(EXPIRE_VOUCHER, queue="default")
def expire_voucher_of(voucher_id: int) -> None:
    """After the last day of a granted voucher that nobody used: its money is free again."""
    expire_voucher(voucher_id=voucher_id, on=legal_date(current_tenant(), timezone.now()))


@outbox_task(EXPIRE_SERIES, queue="default")
def expire_series_of(series_id: int) -> None:
    """After the last day of a series: the money of the codes that nobody used is free again."""
    expire_series(series_id=series_id, on=legal_date(current_tenant(), timezone.now()))

"""Series of codes: staff reserve the money of many vouchers at once and hand the codes out."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from billing.funding.budgets import hold, lock_budgets_of
from billing.funding.errors import BudgetShort, SeriesSizeWrong
from billing.funding.grants import day_after, expire_voucher, last_day, new_code
from billing.funding.lifecycle import VoucherState
from billing.funding.models import Programme, Voucher, VoucherSeries
from kernel.outbox.operations import enqueue
from kernel.web.formats import format_money
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date

if TYPE_CHECKING:
    from tenants.accounts.models import User

EXPIRE_SERIES = "funding.expire_series"
MOST_CODES = 500


@transaction.atomic
def make_series(
    *,
    programme: Programme,
    name: str,
    size: int,
    amount_cents: int,
    user: User | None,
    expires_on: datetime.date | None = None,
) -> VoucherSeries:
    """Grant `size` vouchers of at most `amount_cents` each to whoever brings their codes; all or none.

    The money of all is reserved in the budget of today's legal year. Raises SeriesSizeWrong,
    ProgrammeClosed, GrantTooLarge, GrantTooLate, BudgetShort.
    """
    if not 1 <= size <= MOST_CODES:
        raise SeriesSizeWrong(most=MOST_CODES)
    now = timezone.now()
    on = legal_date(current_tenant(), now)
    until = last_day(programme, amount_cents=amount_cents, expires_on=expires_on, on=on)
    budget = lock_budgets_of([programme.pk], on.year).get(programme.pk)
    if budget is None or budget.left_cents < size * amount_cents:
        raise BudgetShort(left=format_money(budget.left_cents if budget else 0))
    hold(budget, size * amount_cents)
    series = VoucherSeries.objects.create(
        programme=programme,
        name=name.strip()[:120],
        size=size,
        amount_cents=amount_cents,
        expires_on=until,
        made_at=now,
        made_by=user,
    )
    Voucher.objects.bulk_create(
        Voucher(
            programme=programme,
            budget=budget,
            state=VoucherState.GRANTED,
            amount_cents=amount_cents,
            held_cents=amount_cents,
            granted_cents=amount_cents,
            currency=programme.currency,
            is_de_minimis=programme.is_de_minimis,
            code=code,
            granted_by=user,
            granted_at=now,
            reserved_at=now,
            expires_on=until,
            note=series.name,
            series=series,
        )
        for code in _codes(size)
    )
    enqueue(EXPIRE_SERIES, due_at=day_after(until), series_id=series.pk)
    return series


@transaction.atomic
def expire_series(*, series_id: int, on: datetime.date) -> int:
    """The clock's work after the last day: end what was not used; how many vouchers that were."""
    due = Voucher.objects.filter(series=series_id, state=VoucherState.GRANTED, expires_on__lt=on)
    keys = list(due.order_by("pk").values_list("pk", flat=True))
    return sum(expire_voucher(voucher_id=key, on=on) is not None for key in keys)


def _codes(size: int) -> list[str]:
    """So many codes, no two alike."""
    codes: set[str] = set()
    while len(codes) < size:
        codes.add(new_code())
    return sorted(codes)

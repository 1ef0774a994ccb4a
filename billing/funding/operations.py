"""What can be done with programmes."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from billing.funding.errors import ProgrammeInvalid
from billing.funding.models import FundingBase, Programme, ProgrammeBudget
from kernel.money import allocate
from tenants.parties.models import Party


@transaction.atomic
def open_programme(
    *,
    slug: str,
    name: str,
    description: str,
    funder: Party,
    rate_percent: Decimal,
    cap_cents: int,
    budget_cents: int,
    starts_on: datetime.date,
    ends_on: datetime.date,
    base: str = FundingBase.EXCL_VAT,
    min_spend_cents: int = 0,
    max_vouchers_per_business: int = 1,
    stackable: bool = False,
    reservation_days: int = 30,
    eligibility: Mapping[str, Any] | None = None,
) -> Programme:
    """Open a programme; its budget is spread over its years by the months it runs in each.

    Amounts in cents, dates are legal dates of the tenant. Raises ProgrammeInvalid.
    """
    if budget_cents < cap_cents:
        raise ProgrammeInvalid(reason=_("le budget est inférieur au plafond d’un chèque"))
    programme = Programme(
        slug=slug,
        name=name,
        description=description,
        funder=funder,
        rate_percent=rate_percent,
        cap_cents=cap_cents,
        min_spend_cents=min_spend_cents,
        base=base,
        max_vouchers_per_business=max_vouchers_per_business,
        stackable=stackable,
        reservation_days=reservation_days,
        starts_on=starts_on,
        ends_on=ends_on,
        eligibility=dict(eligibility or {}),
    )
    try:
        programme.full_clean()
    except ValidationError as error:
        raise ProgrammeInvalid(reason=" ".join(error.messages)) from error
    programme.save()
    months = months_by_year(starts_on, ends_on)
    amounts = allocate(budget_cents, list(months.values()))
    ProgrammeBudget.objects.bulk_create(
        ProgrammeBudget(programme=programme, year=year, amount_cents=amount)
        for year, amount in zip(months, amounts, strict=True)
    )
    return programme


def months_by_year(starts_on: datetime.date, ends_on: datetime.date) -> dict[int, int]:
    """How many calendar months of each year the period touches."""
    return {
        year: (ends_on.month if year == ends_on.year else 12)
        - (starts_on.month if year == starts_on.year else 1)
        + 1
        for year in range(starts_on.year, ends_on.year + 1)
    }

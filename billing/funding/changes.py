"""Changing the terms of a programme, and closing it: for what comes, never for what is promised."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.funding.errors import ProgrammeClosed, ProgrammeInvalid
from billing.funding.models import Programme, ProgrammeBudget
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date


@transaction.atomic
def change_programme(
    *,
    programme: Programme,
    name: str,
    description: str,
    rate_percent: Decimal,
    base: str,
    cap_cents: int,
    ends_on: datetime.date,
    cap_business_cents: int | None = None,
    cap_year_cents: int | None = None,
    min_spend_cents: int = 0,
    max_vouchers_per_business: int = 1,
    stackable: bool = False,
    name_en: str = "",
    description_en: str = "",
) -> Programme:
    """The terms from now on, amounts in cents; vouchers keep what they hold.

    A last day in a later year brings that year a budget of nothing, to be raised by `change_budget`.
    Raises ProgrammeInvalid: a last day that is over already, or terms that contradict each other.
    """
    locked = _locked(programme)
    if ends_on != locked.ends_on and ends_on < _today():
        raise ProgrammeInvalid(reason=_("son dernier jour ne peut pas être déjà passé"))
    new_years = range(locked.ends_on.year + 1, ends_on.year + 1)
    locked.name, locked.name_en = name, name_en
    locked.description, locked.description_en = description, description_en
    locked.rate_percent, locked.base, locked.cap_cents = rate_percent, base, cap_cents
    locked.cap_business_cents, locked.cap_year_cents = cap_business_cents, cap_year_cents
    locked.min_spend_cents, locked.stackable, locked.ends_on = min_spend_cents, stackable, ends_on
    locked.max_vouchers_per_business = max_vouchers_per_business
    try:
        locked.full_clean()
    except ValidationError as error:
        raise ProgrammeInvalid(reason=" ".join(error.messages)) from error
    locked.save()
    ProgrammeBudget.objects.bulk_create(
        [ProgrammeBudget(programme=locked, year=year, amount_cents=0) for year in new_years],
        ignore_conflicts=True,
    )
    return locked


@transaction.atomic
def close_programme(*, programme: Programme) -> Programme:
    """Today is its last legal date: no order after it gets its aid. Raises ProgrammeClosed."""
    locked = _locked(programme)
    if not locked.starts_on <= _today() < locked.ends_on:
        raise ProgrammeClosed()
    locked.ends_on = _today()
    locked.save(update_fields=["ends_on"])
    return locked


def _locked(programme: Programme) -> Programme:
    """The programme; orders that reserve its aid do not wait for it."""
    return Programme.objects.select_for_update(of=("self",), no_key=True).get(pk=programme.pk)


def _today() -> datetime.date:
    return legal_date(current_tenant(), timezone.now())

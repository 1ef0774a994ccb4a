"""Vouchers that staff grant: money is reserved at once, for a business or for whoever brings the code."""

from __future__ import annotations

import datetime
import secrets
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

from billing.funding.budgets import free, hold, lock_budgets, lock_budgets_of, lock_standing
from billing.funding.code_tries import counted_try
from billing.funding.errors import (
    BudgetShort,
    CodeUnknown,
    GrantTooLarge,
    GrantTooLate,
    ProgrammeClosed,
    VoucherCeilingReached,
)
from billing.funding.lifecycle import VOUCHER, VoucherState
from billing.funding.models import Programme, ProgrammeBudget, Voucher
from billing.funding.usage import usage_of
from kernel.outbox.operations import enqueue
from kernel.web.formats import format_money
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date

if TYPE_CHECKING:
    from tenants.accounts.models import User
    from tenants.parties.models import Party

EXPIRE_VOUCHER = "funding.expire_voucher"
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH = 12


@transaction.atomic
def grant_voucher(
    *,
    programme: Programme,
    amount_cents: int,
    user: User | None,
    party: Party | None = None,
    note: str = "",
    expires_on: datetime.date | None = None,
) -> Voucher:
    """Grant at most `amount_cents` to a business, or, without one, to whoever brings the voucher's code.

    The money is reserved in the budget of today's legal year until `expires_on` (by default the
    programme's `reservation_days`, never after its end); an order uses it as far as the rate allows, the
    rest goes back. Raises ProgrammeClosed, GrantTooLarge, GrantTooLate, BudgetShort,
    VoucherCeilingReached.
    """
    now = timezone.now()
    on = legal_date(current_tenant(), now)
    until = last_day(programme, amount_cents=amount_cents, expires_on=expires_on, on=on)
    if party is not None:
        lock_standing(party)
        require_room(programme, party, amount_cents, on.year)
    budget = lock_budgets_of([programme.pk], on.year).get(programme.pk)
    if budget is None or budget.left_cents < amount_cents:
        raise BudgetShort(left=format_money(budget.left_cents if budget else 0))
    hold(budget, amount_cents)
    voucher = Voucher.objects.create(
        programme=programme,
        budget=budget,
        party=party,
        state=VoucherState.GRANTED,
        amount_cents=amount_cents,
        held_cents=amount_cents,
        granted_cents=amount_cents,
        currency=programme.currency,
        is_de_minimis=programme.is_de_minimis,
        code="" if party is not None else new_code(),
        granted_by=user,
        granted_at=now,
        reserved_at=now,
        expires_on=until,
        note=note.strip()[:300],
    )
    expire_after(voucher)
    return voucher


def last_day(
    programme: Programme, *, amount_cents: int, expires_on: datetime.date | None, on: datetime.date
) -> datetime.date:
    """The last legal date of a voucher granted on a legal date; without a wish, as the programme says.

    Raises ProgrammeClosed, GrantTooLarge, GrantTooLate.
    """
    if not programme.starts_on <= on <= programme.ends_on:
        raise ProgrammeClosed()
    if not 0 < amount_cents <= programme.cap_cents:
        raise GrantTooLarge(most=format_money(programme.cap_cents))
    until = min(expires_on or on + datetime.timedelta(days=programme.reservation_days), programme.ends_on)
    if until < on:
        raise GrantTooLate()
    return until


def redeem_code(*, code: str, party: Party, user: User | None = None) -> Voucher:
    """A business brings a code: the voucher is its own from now on; again, it gets the same one.

    Tries of a person and of all people of the site are counted. Raises CodeUnknown (unknown, used,
    expired, or another business's: nothing tells which), CodeTriesExceeded, VoucherCeilingReached.
    """
    with counted_try(user):
        return _redeem(code, party)


@transaction.atomic
def _redeem(code: str, party: Party) -> Voucher:
    written = "".join(letter for letter in code.upper() if letter.isalnum())
    lock_standing(party)
    voucher = (
        Voucher.objects.select_for_update(of=("self",))
        .select_related("programme", "budget")
        .filter(code=written, state=VoucherState.GRANTED)
        .first()
        if written
        else None
    )
    on = legal_date(current_tenant(), timezone.now())
    if voucher is None or voucher.expires_on is None or voucher.expires_on < on:
        raise CodeUnknown()
    if voucher.party_id == party.pk:
        return voucher
    if voucher.party_id is not None:
        raise CodeUnknown()
    require_room(voucher.programme, party, voucher.amount_cents, voucher.budget.year)
    voucher.party = party
    voucher.save(update_fields=["party"])
    return voucher


@transaction.atomic
def revoke_voucher(*, voucher_id: int, reason: str, role: str = "operator") -> Voucher:
    """Take back a granted voucher that no order uses; its money is free again. Raises TransitionRefused."""
    return _end(voucher_id, "revoke", role, reason)


@transaction.atomic
def expire_voucher(*, voucher_id: int, on: datetime.date) -> Voucher | None:
    """The clock's work: a granted voucher whose last day is before `on` ends; None when it is not due."""
    due = Voucher.objects.filter(pk=voucher_id, state=VoucherState.GRANTED, expires_on__lt=on)
    return _end(voucher_id, "expire", "clock", "expired") if due.exists() else None


def require_room(programme: Programme, party: Party, cents: int, year: int) -> None:
    """Refuse what the ceilings of a business do not leave; its standing is locked.

    Raises VoucherCeilingReached.
    """
    usage = usage_of(party)
    caps = (
        (programme.cap_business_cents, usage.cents(programme)),
        (programme.cap_year_cents, usage.cents(programme, year=year)),
    )
    if usage.count(programme) >= programme.max_vouchers_per_business or any(
        cap is not None and used + cents > cap for cap, used in caps
    ):
        raise VoucherCeilingReached()


def expire_after(voucher: Voucher) -> None:
    """Have the clock end a granted voucher at the start of the day after its last one."""
    if voucher.expires_on is not None:
        enqueue(EXPIRE_VOUCHER, due_at=day_after(voucher.expires_on), voucher_id=voucher.pk)


def day_after(day: datetime.date) -> datetime.datetime:
    """The instant at which the day after a legal date begins."""
    following = day + datetime.timedelta(days=1)
    return datetime.datetime.combine(following, datetime.time(), tzinfo=ZoneInfo(current_tenant().time_zone))


def new_code() -> str:
    """A code that nobody guesses: 12 letters and digits that are not mistaken for one another."""
    return "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))


def shown_code(code: str) -> str:
    """A code in groups of four, as people read it."""
    return "-".join(code[place : place + 4] for place in range(0, len(code), 4))


def _end(voucher_id: int, transition: str, role: str, reason: str) -> Voucher:
    voucher, budget = _locked(voucher_id)
    VOUCHER.apply(voucher, transition, role)
    free(voucher, budget, voucher.held_cents)
    voucher.ended_at, voucher.end_reason = timezone.now(), reason.strip()[:300]
    voucher.save()
    return voucher


def _locked(voucher_id: int) -> tuple[Voucher, ProgrammeBudget]:
    """The voucher with its budget, the budget locked first: it is what orders queue at."""
    budget_id = Voucher.objects.values_list("budget_id", flat=True).get(pk=voucher_id)
    budget = lock_budgets([budget_id])[budget_id]
    return Voucher.objects.select_for_update(of=("self",)).get(pk=voucher_id), budget

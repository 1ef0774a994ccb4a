"""Locks and counters of vouchers: whoever holds or frees money of a budget goes through here.

Order of locks: charge, order, lines, payouts, then the beneficiary's standing, then budgets by key.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils import timezone

from billing.funding.models import BeneficiaryStanding, ProgrammeBudget, Voucher

if TYPE_CHECKING:
    from tenants.parties.models import Party


def lock_standing(party: Party) -> None:
    """Queue behind whoever weighs this business's vouchers against ceilings; one statement."""
    BeneficiaryStanding.objects.bulk_create(
        [BeneficiaryStanding(party=party, weighed_at=timezone.now())],
        update_conflicts=True,
        unique_fields=["party"],
        update_fields=["weighed_at"],
    )


def lock_budgets(wanted: Iterable[int]) -> dict[int, ProgrammeBudget]:
    """Budgets by key, locked in the order of their keys; one statement."""
    keys = sorted(set(wanted))
    if not keys:
        return {}
    locked = ProgrammeBudget.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    return {budget.pk: budget for budget in locked}


def lock_budgets_of(programmes: Iterable[int], year: int) -> dict[int, ProgrammeBudget]:
    """The budgets of programmes in a budget year, by programme, locked in the order of their keys."""
    wanted = set(programmes)
    if not wanted:
        return {}
    locked = (
        ProgrammeBudget.objects.select_for_update(of=("self",))
        .filter(programme__in=wanted, year=year)
        .order_by("pk")
    )
    return {budget.programme_id: budget for budget in locked}


def hold(budget: ProgrammeBudget, cents: int) -> None:
    """Reserve cents of a locked budget; negative frees. The database refuses what it does not have."""
    if cents:
        budget.reserved_cents += cents
        budget.save(update_fields=["reserved_cents"])


def free(voucher: Voucher, budget: ProgrammeBudget, cents: int) -> None:
    """Give cents of a voucher back to its locked budget; the caller saves the voucher."""
    voucher.held_cents -= cents
    hold(budget, -cents)

"""Legs paid from the tenant's bank: they wait for the funder, then staff make the transfer and note it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from billing.ledger.accounts import AccountCode
from billing.ledger.models import EntryKind
from billing.ledger.operations import credit, debit, post_entry
from billing.payouts.errors import NotACreditTransfer, TransferUnreferenced
from billing.payouts.lifecycle import LEG, LegState
from billing.payouts.models import PayoutLeg, Rail
from billing.payouts.operations import follow_legs, lock_leg
from tenants.directory.current import current_tenant

if TYPE_CHECKING:
    from tenants.accounts.models import User


@transaction.atomic
def fund_legs(release_ids: Iterable[int]) -> int:
    """The funders have paid for these releases: their legs can leave; how many that were. Told twice,
    it changes nothing."""
    waiting = PayoutLeg.objects.filter(
        payout__release__in=list(release_ids), state=LegState.AWAITS_FUNDER
    ).order_by("payout_id", "pk")
    freed = 0
    for leg_id in waiting.values_list("pk", flat=True):
        leg = lock_leg(leg_id=leg_id)
        if leg.state == LegState.AWAITS_FUNDER:
            LEG.apply(leg, "fund", "billing")
            leg.save(update_fields=["state"])
            freed += 1
    return freed


@transaction.atomic
def unfund_legs(release_ids: Iterable[int]) -> int:
    """The funders have not paid for these releases after all: their legs that have not left wait again; how
    many that were. One that staff have transferred meanwhile stays sent."""
    ready = PayoutLeg.objects.filter(
        payout__release__in=list(release_ids),
        state=LegState.READY,
        rail=Rail.CREDIT_TRANSFER,
        expected_on__isnull=False,
    ).order_by("payout_id", "pk")
    waiting = 0
    for leg_id in ready.values_list("pk", flat=True):
        leg = lock_leg(leg_id=leg_id)
        if leg.state == LegState.READY:
            LEG.apply(leg, "unfund", "billing")
            leg.save(update_fields=["state"])
            waiting += 1
    return waiting


@transaction.atomic
def record_credit_transfer(*, leg_id: int, paid_on: date, reference: str, user: User | None) -> PayoutLeg:
    """Staff made the transfer at the bank: the leg is sent, on a legal date, under the bank's reference.

    Raises TransferUnreferenced, NotACreditTransfer, TransitionRefused for a leg that is not ready.
    """
    if not reference.strip():
        raise TransferUnreferenced()
    leg = lock_leg(leg_id=leg_id)
    if leg.rail != Rail.CREDIT_TRANSFER:
        raise NotACreditTransfer()
    LEG.apply(leg, "transfer", "operator")
    leg.sent_at = datetime.combine(paid_on, time(12), tzinfo=ZoneInfo(current_tenant().time_zone))
    leg.bank_reference = reference.strip()[:140]
    leg.save(update_fields=["state", "sent_at", "bank_reference"])
    post_entry(
        source=f"payout_leg:{leg.pk}",
        kind=EntryKind.PAYOUT,
        occurred_on=paid_on,
        memo=f"{leg.payout.seller.display_name} {leg.bank_reference}",
        postings=[
            debit(AccountCode.OWED_TO_PROVIDERS, leg.amount_cents, leg.payout.seller),
            credit(AccountCode.BANK, leg.amount_cents),
        ],
        recorded_by=user,
    )
    follow_legs(leg.payout)
    return leg


def transfers_to_make() -> QuerySet[PayoutLeg]:
    """Credit transfers that staff can make now, oldest first."""
    return _legs(LegState.READY)


def transfers_awaited() -> QuerySet[PayoutLeg]:
    """Legs that wait for a funder, the first expected first."""
    return _legs(LegState.AWAITS_FUNDER).order_by("expected_on", "id")


def _legs(state: str) -> QuerySet[PayoutLeg]:
    return (
        PayoutLeg.objects.filter(rail=Rail.CREDIT_TRANSFER, state=state)
        .select_related("payout__seller", "payout__release__item__charge")
        .order_by("id")
    )

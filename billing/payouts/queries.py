"""What can be asked of payouts: a seller's list and totals, and the legs that wait for somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from billing.charges.queries import held_cents_of
from billing.payouts.debts import open_cents_of
from billing.payouts.lifecycle import AccountState, LegState, PayoutState, ReversalState
from billing.payouts.models import Payout, PayoutAccount, PayoutLeg, SellerDebt, TransferReversal

if TYPE_CHECKING:
    from tenants.parties.models import Party

PAGE_SIZE = 30
STUCK = (LegState.BLOCKED, LegState.UNKNOWN, LegState.FAILED)
SENDING_TOO_LONG = timedelta(minutes=10)
"""Longer than any call to the gateway waits: the process that was sending is gone."""


@dataclass(frozen=True)
class PayoutPage:
    """Payouts, newest first; `next_key` asks for the following page, None at the end."""

    rows: list[Payout]
    next_key: int | None


@dataclass(frozen=True)
class SellerMoney:
    """A seller's money in cents, net of commission: what waits for approval apart from what is due."""

    held_cents: int
    """Paid by clients, not approved yet."""
    available_cents: int
    """Approved, not sent yet."""
    kept_cents: int
    """Of it, what the payment's method still keeps back."""
    owed_cents: int
    """What the seller owes, to be kept from its next payouts."""
    sent_cents: int
    """Sent or received."""


def payouts_of(party: Party, *, before: int | None = None, limit: int = PAGE_SIZE) -> PayoutPage:
    """A seller's payouts with their releases and legs, newest first, paged by key."""
    payouts = Payout.objects.filter(seller=party)
    if before is not None:
        payouts = payouts.filter(pk__lt=before)
    rows = list(
        payouts.select_related("release__item__charge").prefetch_related("legs").order_by("-id")[: limit + 1]
    )
    more = len(rows) > limit
    rows = rows[:limit]
    return PayoutPage(rows=rows, next_key=rows[-1].pk if more else None)


def all_payouts(*, seller: Party | None = None, query: str = "", state: str = "") -> QuerySet[Payout]:
    """Every payout with what it is for, newest first; of one seller or state, or in which words stand."""
    payouts = Payout.objects.select_related("seller", "release__item__charge").prefetch_related("legs")
    payouts = payouts.annotate(returned_cents=Sum("release__returns__incl_cents"))
    if seller:
        payouts = payouts.filter(seller=seller)
    if state:
        payouts = payouts.filter(state=state)
    if query:
        payouts = payouts.filter(
            Q(release__item__charge__reference__icontains=query)
            | Q(release__item__description__icontains=query)
            | Q(seller__legal_name__icontains=query)
            | Q(seller__trade_name__icontains=query)
        )
    return payouts.order_by("-id")


def debts_to_look_at() -> QuerySet[SellerDebt]:
    """Debts of providers that are not recovered, oldest first, with the reversals that are tried."""
    return (
        SellerDebt.objects.filter(recovered_cents__lt=F("amount_cents"))
        .select_related("party", "release__item")
        .prefetch_related("reversals")
        .order_by("id")
    )


def payouts_of_item(item_key: str) -> dict[str, Payout]:
    """The payouts of a charge's item by release key, with their legs; two statements."""
    payouts = Payout.objects.filter(release__item__key=item_key)
    return {
        payout.release.key: payout for payout in payouts.select_related("release").prefetch_related("legs")
    }


def money_of(party: Party) -> SellerMoney:
    """What a seller is going to get, is owed and was sent."""
    sums = {
        row["state"]: row["total"]
        for row in Payout.objects.filter(seller=party)
        .order_by()
        .values("state")
        .annotate(total=Sum(F("net_cents") - F("netted_cents")))
    }
    kept = sums.get(PayoutState.HELD, 0)
    # Of a payout whose funded share still waits, what the buyer paid may have left.
    partly = (
        PayoutLeg.objects.filter(payout__seller=party, state__in=(LegState.SENT, LegState.RECEIVED))
        .exclude(payout__state__in=(PayoutState.SENT, PayoutState.RECEIVED))
        .aggregate(total=Sum("amount_cents"))["total"]
        or 0
    )
    available = kept + sums.get(PayoutState.READY, 0) + sums.get(PayoutState.FAILED, 0)
    return SellerMoney(
        held_cents=held_cents_of(party),
        available_cents=available - partly,
        kept_cents=kept,
        owed_cents=open_cents_of(party),
        sent_cents=sums.get(PayoutState.SENT, 0) + sums.get(PayoutState.RECEIVED, 0) + partly,
    )


def can_be_paid(party: Party) -> bool:
    """Whether the party's payout account is open."""
    return PayoutAccount.objects.filter(party=party, state=AccountState.ACTIVE).exists()


def payouts_in_dispute() -> QuerySet[Payout]:
    """Payouts kept back while a buyer's bank disputes their payment, the longest first."""
    held = Payout.objects.filter(disputed_at__isnull=False)
    return held.select_related("seller", "release__item__charge").order_by("disputed_at", "id")


def stuck_legs() -> QuerySet[PayoutLeg]:
    """Legs that do not leave by themselves, or whose outcome is not known, oldest first, for staff.

    One that is being sent for too long counts among them: nobody ends it any more.
    """
    left = Q(state=LegState.SENDING, attempted_at__lt=timezone.now() - SENDING_TOO_LONG)
    return (
        PayoutLeg.objects.filter(Q(state__in=STUCK) | left)
        .select_related("payout__seller", "payout__release__item")
        .order_by("id")
    )


def stuck_reversals() -> QuerySet[TransferReversal]:
    """Transfers to take back of which nobody knows the outcome, or that nobody asks for, oldest first.

    One that is being asked for too long counts among them: the process is gone.
    """
    long_ago = timezone.now() - SENDING_TOO_LONG
    left = Q(state=ReversalState.SENDING) & (Q(attempted_at__lt=long_ago) | Q(attempted_at=None))
    unasked = Q(state=ReversalState.REQUESTED, requested_at__lt=long_ago)
    return (
        TransferReversal.objects.filter(Q(state=ReversalState.UNKNOWN) | left | unasked)
        .select_related("debt__party", "leg__payout__release__item__charge")
        .order_by("id")
    )

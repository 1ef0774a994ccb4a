"""Keeping a payout back for as long as the buyer's bank may still take the payment back, or disputes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from billing.charges.models import Charge
from billing.payments.lifecycle import PaymentState
from billing.payments.models import Payment
from billing.payments.queries import has_standing_dispute
from billing.payouts.errors import HoldOutOfBounds
from billing.payouts.hold_models import BOUNDS, NO_HOLD, HoldBounds, HoldTerm
from billing.payouts.lifecycle import PAYOUT, LegState, PayoutState
from billing.payouts.models import Payout, Rail
from kernel.outbox.operations import enqueue
from tenants.accounts.models import User
from tenants.calendar.working_days import working_days


@dataclass(frozen=True)
class HoldRow:
    """One method with its days and what it may be set to."""

    method: str
    days: int
    bounds: HoldBounds


def hold_terms() -> list[HoldRow]:
    """Working days of every method, the tenant's own where it chose."""
    own = dict(HoldTerm.objects.values_list("method", "working_days"))
    return [HoldRow(method, own.get(method, bounds.default), bounds) for method, bounds in BOUNDS.items()]


@transaction.atomic
def set_hold(*, method: str, days: int, user: User | None) -> HoldTerm:
    """Have payouts wait so many working days after a payment by `method`; those under way keep theirs.

    Raises HoldOutOfBounds.
    """
    bounds = BOUNDS.get(method, NO_HOLD)
    if not bounds.least <= days <= bounds.most:
        raise HoldOutOfBounds(least=bounds.least, most=bounds.most)
    term, _created = HoldTerm.objects.update_or_create(
        method=method,
        defaults={"working_days": days, "changed_at": timezone.now(), "changed_by": user},
    )
    return term


def held_until(charge: Charge, now: datetime) -> datetime | None:
    """The UTC instant until which money of a charge is kept back; None when nothing keeps it any more.

    The longest hold of its payments counts, from the instant each was received.
    """
    payments = Payment.objects.filter(charge=charge, state=PaymentState.SUCCEEDED, received_at__isnull=False)
    received = list(payments.values_list("method", "received_at"))
    own = dict(HoldTerm.objects.values_list("method", "working_days")) if received else {}
    ends = []
    calendar = None
    for method, received_at in received:
        days = own.get(method, BOUNDS.get(method, NO_HOLD).default)
        if days and received_at is not None:
            calendar = calendar or working_days()
            ends.append(calendar.add(received_at, days))
    latest = max(ends, default=None)
    return latest if latest is not None and latest > now else None


@transaction.atomic
def end_hold(*, payout_id: int) -> None:
    """The time is over: what is left of the payout is sent. Told twice or too early, it does nothing."""
    payout = Payout.objects.select_for_update(of=("self",)).get(pk=payout_id)
    now = timezone.now()
    if payout.state != PayoutState.HELD or payout.held_until is None or payout.held_until > now:
        return
    if payout.disputed_at is None:
        _let_go(payout)


def hold_for_dispute(payout: Payout) -> None:
    """Keep a locked payout back while the buyer's bank disputes its payment."""
    PAYOUT.apply(payout, "hold", "billing")
    payout.disputed_at = timezone.now()
    payout.save(update_fields=["state", "disputed_at"])


@transaction.atomic
def end_dispute_holds(*, charge_id: int) -> None:
    """What disputes kept back of a charge leaves, unless another one stands or its method still keeps it.

    Told twice, it does nothing.
    """
    if has_standing_dispute(charge_id):
        return
    now = timezone.now()
    payouts = Payout.objects.select_for_update(of=("self",)).filter(
        release__item__charge=charge_id, disputed_at__isnull=False
    )
    for payout in payouts.order_by("pk"):
        payout.disputed_at = None
        # Debts of a lost dispute may have taken all of it meanwhile.
        if payout.state == PayoutState.HELD and (payout.held_until is None or payout.held_until <= now):
            _let_go(payout)
        else:
            payout.save(update_fields=["disputed_at"])


def _let_go(payout: Payout) -> None:
    PAYOUT.apply(payout, "end_hold", "billing")
    payout.save(update_fields=["state", "disputed_at"])
    for leg in payout.legs.filter(state=LegState.READY, rail=Rail.STRIPE_TRANSFER):
        enqueue("payouts.send_leg", leg_id=leg.pk)

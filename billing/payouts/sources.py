"""Out of which payment a transfer goes: a gateway lets none exceed what its payment still holds."""

from __future__ import annotations

from django.db.models import QuerySet, Sum

from billing.charges.models import Charge
from billing.payments.lifecycle import PaymentState
from billing.payments.models import Payment
from billing.payments.operations.refunds import remaining_cents
from billing.payouts.lifecycle import LegState, ReversalState
from billing.payouts.models import PayoutLeg, TransferReversal


def gateway_shares(charge: Charge, cents: int) -> list[tuple[int | None, int]]:
    """How `cents` of a locked charge are transferred: payment and cents, the oldest payment first.

    One payment that paid all needs no name. First comes what payments hold after their refunds, then what
    they were worth: more than that a gateway lets none carry. What is still left (somebody else's money bore
    a refund) stays with the last, whose transfer then fails visibly rather than being lost.
    """
    payments = list(Payment.objects.filter(charge=charge, state=PaymentState.SUCCEEDED).order_by("pk"))
    if len(payments) < 2:
        return [(None, cents)]
    carried = {payment.pk: _carried_cents(payment) for payment in payments}
    shares = {payment.pk: 0 for payment in payments}
    for bound in (remaining_cents, _received_cents):
        for payment in payments:
            room = bound(payment) - carried[payment.pk] - shares[payment.pk]
            share = max(0, min(cents, room))
            shares[payment.pk] += share
            cents -= share
    shares[payments[-1].pk] += cents
    return [(pk, share) for pk, share in shares.items() if share]


def _carried_cents(payment: Payment) -> int:
    """What transfers out of a payment took of it and did not bring back, nor are to, in cents."""
    legs = PayoutLeg.objects.filter(source=payment).exclude(state=LegState.CANCELLED)
    back = TransferReversal.objects.filter(leg__in=legs).exclude(state=ReversalState.FAILED)
    return _sum(legs) - _sum(back)


def _sum(rows: QuerySet[PayoutLeg] | QuerySet[TransferReversal]) -> int:
    return rows.aggregate(total=Sum("amount_cents"))["total"] or 0


def _received_cents(payment: Payment) -> int:
    return payment.received_cents

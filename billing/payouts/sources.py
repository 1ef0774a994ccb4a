"""Out of which payment a transfer goes: a gateway lets none exceed what its payment still holds."""

from __future__ import annotations

from django.db.models import Sum

from billing.charges.models import Charge
from billing.payments.lifecycle import PaymentState
from billing.payments.models import Payment
from billing.payments.operations.refunds import remaining_cents
from billing.payouts.lifecycle import LegState
from billing.payouts.models import PayoutLeg


def gateway_shares(charge: Charge, cents: int) -> list[tuple[int | None, int]]:
    """How `cents` of a locked charge are transferred: payment and cents, the oldest payment first.

    One payment that paid all needs no name. What the payments cannot carry (a refund was borne by somebody
    else's money) stays with the last, whose transfer then fails visibly rather than being lost.
    """
    payments = list(Payment.objects.filter(charge=charge, state=PaymentState.SUCCEEDED).order_by("pk"))
    if len(payments) < 2:
        return [(None, cents)]
    shares: list[tuple[int | None, int]] = []
    for payment in payments:
        used = PayoutLeg.objects.filter(source=payment).exclude(state=LegState.CANCELLED)
        carried = used.aggregate(total=Sum("amount_cents"))["total"] or 0
        last = payment is payments[-1]
        share = cents if last else max(0, min(cents, remaining_cents(payment) - carried))
        if share:
            shares.append((payment.pk, share))
            cents -= share
    return shares

"""Locks of payments in the order of the house: the charge, then the payment (docs/decisions/0004)."""

from __future__ import annotations

from billing.charges.models import Charge
from billing.payments.models import Payment


def lock_payment(*, payment_id: int) -> Payment:
    """A payment that knows its charge, both locked until the caller's transaction ends.

    Raises Charge.DoesNotExist; raises TransactionManagementError outside a transaction.
    """
    charge = Charge.objects.select_for_update(of=("self",)).get(payments=payment_id)
    payment = Payment.objects.select_for_update(of=("self",)).get(pk=payment_id)
    payment.charge = charge
    return payment

"""Taking what staff have read off their list."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from billing.payments.lifecycle import PaymentState
from billing.payments.models import Payment


@transaction.atomic
def set_payment_aside(*, payment_id: int) -> None:
    """A page that the gateway refused to open was read about; nothing was debited."""
    Payment.objects.filter(pk=payment_id, state=PaymentState.FAILED, seen_by_staff_at=None).update(
        seen_by_staff_at=timezone.now()
    )

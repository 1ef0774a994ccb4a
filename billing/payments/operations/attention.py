"""Staff at work on money that waits: somebody takes a row on, or puts it away with a note that stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from billing.payments.errors import NoteMissing
from billing.payments.lifecycle import PaymentState
from billing.payments.models import DeliveryState, FollowUp, GatewayDelivery, Payment, Subject

if TYPE_CHECKING:
    from tenants.accounts.models import User


@transaction.atomic
def take_on(*, subject: str, object_id: int, assignee: User, author: User, note: str = "") -> FollowUp:
    """Somebody takes a row on; the others see who."""
    return FollowUp.objects.create(
        subject=subject, object_id=object_id, assignee=assignee, author=author, note=note.strip()[:500]
    )


@transaction.atomic
def note_down(*, subject: str, object_id: int, author: User, note: str) -> None:
    """A note stays with the row. Raises NoteMissing."""
    _write(subject, object_id, author, note)


@transaction.atomic
def set_payment_aside(*, payment_id: int, author: User, note: str) -> None:
    """A page that the gateway refused to open, or a refused debit, was read about; nothing was debited.

    Raises NoteMissing.
    """
    _write(Subject.PAYMENT, payment_id, author, note)
    Payment.objects.filter(pk=payment_id, state=PaymentState.FAILED, seen_by_staff_at=None).update(
        seen_by_staff_at=timezone.now()
    )


@transaction.atomic
def set_delivery_aside(*, delivery_id: int, author: User, note: str) -> None:
    """Staff say why an event without counterpart needs nothing. Raises NoteMissing."""
    _write(Subject.DELIVERY, delivery_id, author, note)
    GatewayDelivery.objects.filter(pk=delivery_id, state=DeliveryState.UNMATCHED).update(
        state=DeliveryState.IGNORED
    )


def _write(subject: str, object_id: int, author: User, note: str) -> None:
    note = note.strip()
    if not note:
        raise NoteMissing
    FollowUp.objects.create(subject=subject, object_id=object_id, author=author, note=note[:500])

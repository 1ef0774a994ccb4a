"""Cancelling a line: nothing is owed any more, and what was paid and not approved goes back."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from billing.charges.lifecycle import ChargeState
from billing.charges.operations import cancel_charge, lock_charge
from billing.payments.models import Bearer
from billing.payments.operations.refunds import refund_items
from kernel.outbox.operations import enqueue
from services.orders.errors import LineNotFound
from services.orders.lifecycle import BUSINESS, LINE, LineState
from services.orders.locking import lock_order
from services.orders.models import Order, OrderLine, TimelineEntry
from services.orders.notices import notify_business, notify_provider
from services.orders.operations.carts import refill_cart
from services.orders.transitions import cancel_milestones, move_line

REASON = "cancelled"


@transaction.atomic
def cancel_line(*, key: str, role: str, actor: Any, reason: str = "") -> OrderLine:
    """Cancel a line, for the business before its start, for the operator before its approval.

    A paid line is refunded for all that is not approved yet. An order that is not paid is cancelled whole,
    for it is one payment, and the services are in the cart again. Takes the lock of the charge first.
    Raises LineNotFound, TransitionRefused, RoleRefused, BothSides, and what billing refuses.
    """
    reference = OrderLine.objects.filter(key=key).values_list("order__charge_reference", flat=True).first()
    if reference is None:
        raise LineNotFound()
    charge = lock_charge(reference=reference)
    found = lock_order(reference)
    line = next((line for line in found[1] if line.key == key), None) if found else None
    if found is None or line is None:
        raise LineNotFound()
    LINE.check(line, "cancel", role)
    if charge.state == ChargeState.AWAITING_PAYMENT:
        _cancel_unpaid(found[0], found[1], role=role, actor=actor, reason=reason)
        enqueue("payments.close_pages", dedupe_key=f"close_pages:{charge.pk}", charge_id=charge.pk)
        return line
    now = timezone.now()
    approved = cancel_milestones(line, role=role, actor=actor, now=now)
    move_line(line, "cancel_rest" if approved else "cancel", role=role, actor=actor, note=reason, now=now)
    refund_items(item_keys=[line.key], bearer=Bearer.PROVIDER, reason=reason or REASON)
    _tell(line, reason)
    return line


def _cancel_unpaid(order: Order, lines: list[OrderLine], *, role: str, actor: Any, reason: str) -> None:
    cancel_charge(reference=order.charge_reference, reason=reason or REASON)
    now = timezone.now()
    waiting = [line for line in lines if line.state == LineState.AWAITING_PAYMENT]
    for line in waiting:
        cancel_milestones(line, role=role, actor=actor, now=now)
        move_line(line, "cancel", role=role, actor=actor, note=reason, now=now)
    if role == BUSINESS:
        refill_cart(user=order.placed_by, party=order.buyer, lines=waiting)


def _tell(line: OrderLine, reason: str) -> None:
    entry = TimelineEntry.objects.filter(line=line, milestone=None).latest("id")
    notify_business("cancelled", line, entry, reason=reason)
    notify_provider("cancelled", line, entry, reason=reason)

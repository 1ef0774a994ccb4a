"""What orders do when billing tells of a charge (which it has locked); each event is heard once."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.utils import timezone

from billing.charges.instalments import due_now
from billing.charges.lifecycle import ChargeState
from billing.charges.queries import charge_for
from billing.events import Event
from billing.payments.models import Bearer
from billing.payments.operations.refunds import refund_items
from services.catalogue.models import ServiceState
from services.orders.lifecycle import BILLING, CLOCK, LineState
from services.orders.locking import lock_order
from services.orders.models import HeardEvent, OrderLine, TimelineEntry
from services.orders.notices import notify_buyer_of_order, notify_provider
from services.orders.operations.carts import refill_cart
from services.orders.transitions import cancel_milestones, move_line


def charge_paid(event: Event) -> None:
    """The lines go to their providers; of an order that had lapsed, those that are still offered."""
    _take_in(event, paid_cents=None)


def instalment_paid(event: Event) -> None:
    """The first instalment holds the order: the providers' clocks start as if all of it were paid."""
    _take_in(event, paid_cents=event.payload["amount_cents"])


def _take_in(event: Event, *, paid_cents: int | None) -> None:
    found = lock_order(event.reference)
    if found is None or not _first_time(event):
        return
    order, lines = found
    sent = []
    for line in lines:
        if line.state == LineState.AWAITING_PAYMENT:
            move_line(line, "pay", role=BILLING)
            sent.append(line)
        elif line.state == LineState.LAPSED and line.key in event.payload.get("unfunded", ()):
            _give_back_late(line, note="aid_gone", reason="aid gone before payment")
        elif line.state == LineState.LAPSED and _still_offered(line):
            move_line(line, "pay_late", role=BILLING)
            sent.append(line)
        elif line.state == LineState.LAPSED:
            _give_back_late(line)
    if sent:
        charge = charge_for(event.reference)
        notify_buyer_of_order(
            "paid",
            order,
            subject_key=f"order:{order.number}:paid:{event.id}",
            paid_cents=charge.to_pay_cents if paid_cents is None else paid_cents,
            aid_cents=charge.cofunded_cents,
        )
    for line in sent:
        notify_provider("to_accept", line, _last_entry(line))


def charge_payment_failed(event: Event) -> None:
    """The bank refused: nothing was debited, and the buyer may try again."""
    found = lock_order(event.reference)
    if found is None or not _first_time(event):
        return
    order = found[0]
    charge = charge_for(event.reference)
    due = due_now(charge)
    lapses = charge.expires_at is not None and charge.state == ChargeState.AWAITING_PAYMENT
    notify_buyer_of_order(
        "payment_refused",
        order,
        subject_key=f"event:{event.id}",
        amount_cents=due.amount_cents if due is not None else charge.to_pay_cents,
        pay_until=charge.expires_at.isoformat() if charge.expires_at and lapses else "",
    )


def charge_refunded(event: Event) -> None:
    """Money is on its way back: the buyer is told how much, and for what."""
    line = OrderLine.objects.select_related("order").filter(key=event.payload["item_key"]).first()
    if line is None or not _first_time(event) or not event.payload["amount_cents"]:
        return
    notify_buyer_of_order(
        "refund_started",
        line.order,
        subject_key=f"event:{event.id}",
        line=line.key,
        amount_cents=event.payload["amount_cents"],
    )


def charge_returned(event: Event) -> None:
    """An approved line was refunded: the buyer is told how much; a line given back whole ends as refunded."""
    found = lock_order(event.reference)
    if found is None or not _first_time(event):
        return
    order, lines = found
    line = next((line for line in lines if line.key == event.payload["item_key"]), None)
    if line is None:
        return
    if event.payload["is_whole"] and line.state in (LineState.APPROVED, LineState.CLOSED):
        move_line(line, "refund_after", role=BILLING)
    notify_buyer_of_order(
        "refund_started",
        order,
        subject_key=f"event:{event.id}",
        line=line.key,
        amount_cents=event.payload["amount_cents"],
    )


def charge_lapsed(event: Event) -> None:
    """Nobody paid in time: the lines lapse, and the services are in the buyer's cart again."""
    found = lock_order(event.reference)
    if found is None or not _first_time(event):
        return
    order, lines = found
    lapsed = [line for line in lines if line.state == LineState.AWAITING_PAYMENT]
    for line in lapsed:
        move_line(line, "lapse", role=CLOCK)
    if lapsed:
        refill_cart(user=order.placed_by, party=order.buyer, lines=lapsed)
        notify_buyer_of_order("lapsed", order, subject_key=f"event:{event.id}")


def _first_time(event: Event) -> bool:
    """Whether this event was not heard before; remembered in the same transaction as its effect."""
    try:
        with transaction.atomic():
            HeardEvent.objects.create(event_id=event.id)
    except IntegrityError:
        return False
    return True


def _still_offered(line: OrderLine) -> bool:
    active = line.provider.roles.filter(role="provider", state="active").exists()
    return active and line.service.state == ServiceState.PUBLISHED


def _give_back_late(
    line: OrderLine,
    *,
    note: str = "service_withdrawn",
    reason: str = "service withdrawn before payment",
) -> None:
    now = timezone.now()
    cancel_milestones(line, role=BILLING, actor=None, now=now)
    move_line(line, "refund_late", role=BILLING, now=now, note=note)
    refund_items(item_keys=[line.key], bearer=Bearer.OPERATOR, reason=reason)


def _last_entry(line: OrderLine) -> TimelineEntry:
    return TimelineEntry.objects.filter(line=line, milestone=None).latest("id")

"""Telling the people of an order what happened: each person once about each thing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kernel.outbox.operations import enqueue
from services.orders.models import Notice, Order, OrderLine, TimelineEntry
from tenants.parties.queries import members_of

KINDS = (
    "paid",
    "payment_refused",
    "lapsed",
    "to_accept",
    "accepted",
    "declined",
    "answer_reminder",
    "unanswered",
    "review_reminder",
    "approved_by_clock",
    "reassigned",
    "delivered",
    "changes_requested",
    "approved",
    "cancelled",
    "disputed",
    "dispute_withdrawn",
    "dispute_decided",
    "refund_started",
    "message",
    "review_invited",
    "reviewed",
    "review_answered",
    "review_hidden",
)


def notify(kind: str, *, subject_key: str, users: Iterable[Any], **context: Any) -> None:
    """Write a notice to each user in the caller's transaction, to be sent after; a repeat writes nothing.

    ``context`` is JSON: `order` (number), `line` (key) and what the template needs.
    """
    if kind not in KINDS:
        raise ValueError(f"no such notice: {kind}")
    wanted = list(users)
    told = set(Notice.objects.filter(kind=kind, subject_key=subject_key).values_list("user_id", flat=True))
    notices = Notice.objects.bulk_create(
        Notice(kind=kind, subject_key=subject_key, user=user, context=context)
        for user in wanted
        if user.pk not in told
    )
    for notice in notices:
        enqueue("orders.send_notice", notice_id=notice.pk)


def notify_business(
    kind: str, line: OrderLine, entry: TimelineEntry, *, number: int = 1, **context: Any
) -> None:
    """Tell the buyer's people about a step of a line, except who took it; `number` counts reminders of it."""
    users = members_of(line.order.buyer_id).exclude(pk=entry.actor_id)
    subject_key = f"step:{entry.pk}" if number == 1 else f"step:{entry.pk}:{number}"
    notify(kind, subject_key=subject_key, users=users, side="business", **_about(line), **context)


def notify_provider(kind: str, line: OrderLine, entry: TimelineEntry, **context: Any) -> None:
    """Tell the provider's people about a step of a line, except who took it."""
    users = members_of(line.provider_id).exclude(pk=entry.actor_id)
    notify(kind, subject_key=f"step:{entry.pk}", users=users, side="provider", **_about(line), **context)


def notify_buyer_of_order(kind: str, order: Order, *, subject_key: str, **context: Any) -> None:
    """Tell the buyer's people about the whole order."""
    users = members_of(order.buyer_id)
    notify(kind, subject_key=subject_key, users=users, side="business", order=order.number, **context)


def _about(line: OrderLine) -> dict[str, str]:
    return {"order": line.order.number, "line": line.key}

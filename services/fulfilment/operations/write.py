"""Messages about a line, from one side to the other."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from services.fulfilment.errors import MessageEmpty, MessagesClosed
from services.fulfilment.models import Message
from services.orders.lifecycle import BUSINESS, OPERATOR, PROVIDER, UNPAID
from services.orders.locking import lock_line
from services.orders.models import OrderLine
from services.orders.notices import notify
from services.orders.transitions import refuse_both_sides
from tenants.parties.queries import members_of


@transaction.atomic
def write_message(*, key: str, actor: Any, role: str, body: str, token: UUID | None = None) -> Message:
    """Write to the other side (the operator to both); the same ``token`` writes once.

    Raises MessageEmpty, MessagesClosed, LineNotFound, BothSides.
    """
    text = body.strip()
    if not text:
        raise MessageEmpty()
    line = lock_line(key)
    refuse_both_sides(line.order, role=role, actor=actor)
    if line.state in UNPAID:
        raise MessagesClosed()
    message, created = Message.objects.get_or_create(
        form_token=token or uuid4(),
        defaults={"line": line, "author": actor, "role": role, "body": text[:5000]},
    )
    if created:
        _tell(line, message)
    return message


def _tell(line: OrderLine, message: Message) -> None:
    about = {"order": line.order.number, "line": line.key, "body": message.body}
    for side, party_id in ((BUSINESS, line.order.buyer_id), (PROVIDER, line.provider_id)):
        if message.role in (OPERATOR, PROVIDER if side == BUSINESS else BUSINESS):
            users = members_of(party_id).exclude(pk=message.author_id)
            notify("message", subject_key=f"message:{message.pk}", users=users, side=side, **about)

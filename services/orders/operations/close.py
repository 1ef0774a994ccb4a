"""Closing a line some days after its approval."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from services.orders.lifecycle import CLOCK, LineState
from services.orders.locking import lock_line
from services.orders.models import OrderLine
from services.orders.operations.reviews import invite_review
from services.orders.transitions import move_line

CLOSED_AFTER = timedelta(days=7)


@transaction.atomic
def close_line(*, key: str) -> OrderLine:
    """The clock's work: close an approved line; one that moved on meanwhile stays. Raises LineNotFound."""
    line = lock_line(key)
    if line.state == LineState.APPROVED:
        move_line(line, "close", role=CLOCK)
        invite_review(line)
    return line

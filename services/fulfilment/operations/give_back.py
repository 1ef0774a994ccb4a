"""The money of a line that nobody will do is given back."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from billing.payments.models import Bearer
from billing.payments.operations.refunds import refund_items
from services.orders.lifecycle import LINE, OPERATOR
from services.orders.locking import lock_line_and_charge
from services.orders.models import OrderLine
from services.orders.transitions import cancel_milestones, move_line


@transaction.atomic
def give_back_line(*, key: str, actor: Any, reason: str = "", role: str = OPERATOR) -> OrderLine:
    """Refund a line in full that was declined or not answered; the clock does it if nobody has.

    Takes the lock of the charge first.

    Raises LineNotFound, TransitionRefused, and what billing refuses.
    """
    line = lock_line_and_charge(key)
    LINE.check(line, "give_back", role)
    now = timezone.now()
    cancel_milestones(line, role=role, actor=actor, now=now)
    move_line(line, "give_back", role=role, actor=actor, note=reason.strip(), now=now)
    refund_items(item_keys=[line.key], bearer=Bearer.PROVIDER, reason=reason.strip() or "declined")
    return line

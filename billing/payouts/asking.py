"""One act at the gateway whose attempt was saved before: done once, looked up after an unknown outcome."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from billing.payments.gateways.base import Declined, InvalidRequest, OutcomeUnknown
from billing.payouts.lifecycle import LegState, ReversalState
from billing.payouts.models import PayoutLeg, TransferReversal
from kernel.lifecycle import Lifecycle

Seen = TypeVar("Seen")
OUTCOME_UNKNOWN = "outcome_unknown"
SENDING = {LegState.SENDING, ReversalState.SENDING}


def ask_once(
    *,
    look_up: Callable[[], Seen | None] | None,
    ask: Callable[[], Seen],
    note_done: Callable[[Seen], None],
    note_refused: Callable[[str], None],
    note_lost: Callable[[], None],
) -> None:
    """Have it done, and note what came of it; `look_up` when an earlier attempt may have done it.

    Must not run inside a transaction. Raises OutcomeUnknown, noted before, when the gateway did not tell.
    """
    try:
        seen = _found(look_up)
        if seen is None:
            seen = ask()
    except (Declined, InvalidRequest) as refusal:
        note_refused(refusal.code)
    except OutcomeUnknown:
        note_lost()
        raise
    else:
        note_done(seen)


def _found(look_up: Callable[[], Seen | None] | None) -> Seen | None:
    if look_up is None:
        return None
    try:
        return look_up()
    except (Declined, InvalidRequest) as refusal:
        # A refused question says nothing about what was done.
        raise OutcomeUnknown(str(refusal)) from refusal


def lose_sight_of_gone(row: PayoutLeg | TransferReversal, lifecycle: Lifecycle) -> None:
    """The process that was sending is gone, or still waits: what it did is for the gateway to say."""
    if row.state in SENDING:
        lifecycle.apply(row, "lose_sight", "billing")


def note_refusal(row: PayoutLeg | TransferReversal, lifecycle: Lifecycle, code: str) -> bool:
    """The gateway refused it; False when the locked row is not being sent any more."""
    return _end(row, lifecycle, "fail", code)


def note_unknown(row: PayoutLeg | TransferReversal, lifecycle: Lifecycle) -> bool:
    """The gateway did not tell; False when the locked row is not being sent any more."""
    return _end(row, lifecycle, "lose_sight", OUTCOME_UNKNOWN)


def _end(row: PayoutLeg | TransferReversal, lifecycle: Lifecycle, name: str, reason: str) -> bool:
    if row.state not in SENDING:
        return False
    lifecycle.apply(row, name, "billing")
    row.reason_code = reason[:80]
    row.save(update_fields=["state", "reason_code"])
    return True

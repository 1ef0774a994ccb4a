"""Who else may bear a lost dispute: payouts stand above payments and register what writes a seller's debt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from billing.ledger.operations import PostingInput


class OweForDispute(Protocol):
    """Writes what sellers owe for a lost dispute, inside the caller's transaction.

    Returns the debit postings, which sum to `amount_cents`: what no seller can be asked for is the
    operator's.
    """

    def __call__(self, *, charge_id: int, amount_cents: int, source: str) -> Sequence[PostingInput]: ...


_registered: list[OweForDispute] = []


def register(function: OweForDispute) -> None:
    """Called once, in the `AppConfig.ready()` of payouts."""
    _registered[:] = [function]


def registered() -> OweForDispute | None:
    """What writes the debt; None when the operator alone can bear a dispute."""
    return _registered[0] if _registered else None

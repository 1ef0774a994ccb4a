"""What funding does when a co-funded part is refunded after its release; funding registers it."""

from __future__ import annotations

from collections.abc import Callable

from billing.charges.models import ChargeRelease
from billing.ledger.operations import PostingInput
from billing.payouts.errors import CofundedRefundUnavailable

GiveBack = Callable[..., list[PostingInput]]
_registered: list[GiveBack] = []


def register(function: GiveBack) -> None:
    """Register the one function that gives aid back; funding calls this in `AppConfig.ready()`.

    `function(*, release, amount_cents, source) -> list[PostingInput]` runs inside the refund's
    transaction, gives the aid back to its budget or to its funder, and returns the credit postings, which
    sum to `amount_cents`.
    """
    _registered[:] = [function]


def give_back(*, release: ChargeRelease, amount_cents: int, source: str) -> list[PostingInput]:
    """The credits of the funded share of a refund. Raises CofundedRefundUnavailable."""
    if amount_cents == 0:
        return []
    if not _registered:
        raise CofundedRefundUnavailable()
    return _registered[0](release=release, amount_cents=amount_cents, source=source)

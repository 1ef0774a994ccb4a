"""What funding does when a co-funded part is released, and refunded after; funding registers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from billing.charges.cofunding import Share
from billing.charges.models import ChargeRelease
from billing.charges.return_models import ChargeReturn
from billing.ledger.operations import PostingInput
from billing.payouts.errors import CofundedRefundUnavailable


@dataclass(frozen=True)
class Consumed:
    """The funded share of a released part: who owes it, and until when the seller waits for it."""

    debits: tuple[PostingInput, ...]
    expected_on: date | None
    """Legal date on which the last funder is expected to pay; None when the operator advances the money."""


GiveBack = Callable[..., list[PostingInput]]
Consume = Callable[..., Consumed]
GivenBack = Callable[..., Mapping[str, int]]
_registered: list[GiveBack] = []
_consuming: list[Consume] = []
_reading: list[GivenBack] = []


def register(function: GiveBack) -> None:
    """Register the one function that gives aid back; funding calls this in `AppConfig.ready()`.

    `function(*, release, amount_cents, source) -> list[PostingInput]` runs inside the refund's
    transaction, gives the aid back to its budget or to its funder, and returns the credit postings, which
    sum to `amount_cents`.
    """
    _registered[:] = [function]


def register_consume(function: Consume) -> None:
    """Register the one function that books the aid of a released part as owed by its funders.

    `function(*, release, at, on) -> Consumed` runs inside the release's transaction; its debits sum to the
    release's `cofunded_cents`.
    """
    _consuming[:] = [function]


def register_given_back(function: GivenBack) -> None:
    """Register the one function that tells what a refund gave back: `function(*, release, source)`.

    It returns cents by programme slug as they were stored at the refund.
    """
    _reading[:] = [function]


def consume(*, release: ChargeRelease, at: datetime, on: date) -> Consumed:
    """The funders owe the aid of a released part from now on; nothing for a part without aid."""
    if release.cofunded_cents == 0:
        return Consumed((), None)
    if not _consuming:
        raise CofundedRefundUnavailable()
    return _consuming[0](release=release, at=at, on=on)


def give_back(*, release: ChargeRelease, amount_cents: int, source: str) -> list[PostingInput]:
    """The credits of the funded share of a refund. Raises CofundedRefundUnavailable."""
    if amount_cents == 0:
        return []
    if not _registered:
        raise CofundedRefundUnavailable()
    return _registered[0](release=release, amount_cents=amount_cents, source=source)


def given_back(*, made: ChargeReturn) -> list[Share]:
    """The funded share of a refund by programme, as stored at the refund, in the words of its charge."""
    if made.cofunded_cents == 0 or not _reading:
        return []
    cents = _reading[0](release=made.release, source=made.source)
    return [
        replace(Share(**frozen), cents=cents[frozen["programme"]])
        for frozen in made.release.cofunding
        if cents.get(frozen["programme"])
    ]

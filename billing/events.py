"""The declared list of what billing tells upwards; there is no other signal in the house."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

CHARGE_PAID = "charge_paid"
"""Received money covers the charge. Payload: `paid_at` (ISO instant), `was_lapsed` (bool), `unfunded` (keys
of items of a lapsed charge whose aid is gone: give their money back)."""

INSTALMENT_PAID = "instalment_paid"
"""One of several instalments was received; with the last one CHARGE_PAID follows. Payload: `key`, `label`,
`amount_cents`, `paid_at` (ISO instant), `is_first` (bool), `was_lapsed` and `unfunded` as of CHARGE_PAID."""

CHARGE_PAYMENT_FAILED = "charge_payment_failed"
"""One attempt to pay failed; the charge still waits. Payload: `code`."""

CHARGE_REFUNDED = "charge_refunded"
"""A refund was started. Payload: `item_key`, `release_keys` (list), `amount_cents` (incl. VAT, to the
buyer: 0 where aid paid all)."""

CHARGE_LAPSED = "charge_lapsed"
"""The charge was not paid in time. Payload: empty."""

CHARGE_RETURNED = "charge_returned"
"""A part was refunded after its release. Payload: `item_key`, `release_key`, `amount_cents` (incl. VAT, to
the buyer), `is_whole` (bool: nothing of the item is left)."""

KINDS: frozenset[str] = frozenset(
    {
        CHARGE_PAID,
        INSTALMENT_PAID,
        CHARGE_PAYMENT_FAILED,
        CHARGE_REFUNDED,
        CHARGE_LAPSED,
        CHARGE_RETURNED,
    }
)


@dataclass(frozen=True)
class Event:
    """What a subscriber gets; it must be idempotent by `id`."""

    id: int
    kind: str
    reference: str
    """The caller's own reference of the charge."""
    charge_id: int
    occurred_at: datetime
    payload: dict[str, Any] = field(default_factory=dict)


Subscriber = Callable[[Event], None]
_subscribers: dict[str, dict[str, Subscriber]] = {kind: {} for kind in sorted(KINDS)}


def subscribe(kind: str, function: Subscriber) -> Callable[[], None]:
    """Register `function` for a kind of event, once per function; returns what takes it away again.

    Called by the floors above in `AppConfig.ready()`. Raises KeyError for a kind that is not declared.
    """
    name = subscriber_name(function)
    _subscribers[kind][name] = function

    def unsubscribe() -> None:
        _subscribers[kind].pop(name, None)

    return unsubscribe


def subscribers_of(kind: str) -> dict[str, Subscriber]:
    """The functions registered for a kind, by their stable names."""
    return dict(_subscribers[kind])


def subscriber_name(function: Subscriber) -> str:
    """Stable name of a subscriber, stored with each event that it has had."""
    return f"{function.__module__}.{function.__qualname__}"

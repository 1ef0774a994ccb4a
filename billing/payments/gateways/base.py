"""What the house asks of a payment gateway, and the plain values that it answers with."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


class GatewayError(Exception):
    """A call that did not end well; `code` is the gateway's own word for it."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


class Declined(GatewayError):
    """The bank or the gateway refused the movement; nothing moved and nothing will under this key."""


class InvalidRequest(GatewayError):
    """The gateway did not understand or allow the request; nothing moved. Ours to repair."""


class NotFound(InvalidRequest):
    """The gateway knows no such object in this account."""


class OutcomeUnknown(GatewayError):
    """No answer, or one that does not say what happened: it may have been done. Never a failure."""


@dataclass(frozen=True)
class SessionRequest:
    """A hosted payment page to open for one amount in cents; stored before the call, sent unchanged again."""

    reference: str
    transfer_group: str
    amount_cents: int
    currency: str
    label: str
    success_url: str
    cancel_url: str
    expires_at: datetime
    locale: str
    metadata: dict[str, str] = field(default_factory=dict)
    methods: tuple[str, ...] = ()
    """Means of payment offered, by the names of PaymentMethod; empty: the gateway's own choice."""


@dataclass(frozen=True)
class GatewayCharge:
    """One try with one means of payment; `fee_cents` is known once it succeeded.

    `status` is pending (a direct debit that the bank has not answered), succeeded or failed.
    """

    identifier: str
    status: str
    amount_cents: int
    currency: str
    failure_code: str = ""
    fee_cents: int | None = None
    method: str = "card"
    disputed: bool = False
    refunded_cents: int = 0

    @property
    def succeeded(self) -> bool:
        """Whether the bank paid."""
        return self.status == "succeeded"


@dataclass(frozen=True)
class SessionSeen:
    """A hosted page as the gateway tells it now. `status` is open, complete or expired."""

    identifier: str
    intent: str
    status: str
    paid: bool
    amount_cents: int
    currency: str
    reference: str
    metadata: dict[str, str]
    expires_at: datetime
    url: str
    live: bool
    charge: GatewayCharge | None = None
    processing: bool = False
    """The buyer has done their part, the bank has not: neither paid nor failed."""


@dataclass(frozen=True)
class RefundSeen:
    """A refund as the gateway tells it now. `status` is pending, succeeded or failed."""

    identifier: str
    status: str
    amount_cents: int
    currency: str
    failure_reason: str = ""
    charge: str = ""
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DisputeSeen:
    """A charge that a buyer's bank took back. `status` is open, won or lost; `fee_cents` is ours to bear."""

    identifier: str
    status: str
    charge: str
    amount_cents: int
    currency: str
    reason: str
    fee_cents: int
    due_by: datetime | None


@dataclass(frozen=True)
class ReversalSeen:
    """A part of a transfer that was taken back."""

    identifier: str
    transfer: str
    amount_cents: int
    currency: str


@dataclass(frozen=True)
class EventSeen:
    """An event in the gateway's list: the same that it posts, as the bytes that we store."""

    identifier: str
    kind: str
    created: datetime
    body: bytes


@dataclass(frozen=True)
class EventsPage:
    """A page of the gateway's list of events, the newest first, and whether older ones follow."""

    events: list[EventSeen]
    has_more: bool


@dataclass(frozen=True)
class TransferSeen:
    """Money moved to a payee's account at the gateway."""

    identifier: str
    amount_cents: int
    currency: str
    destination: str


@dataclass(frozen=True)
class BalanceSeen:
    """What the account holds at the gateway, in cents."""

    available_cents: int
    pending_cents: int


class Gateway(Protocol):
    """Every call may raise Declined, InvalidRequest, NotFound or OutcomeUnknown; none writes to our tables.

    Calls that move something take an idempotency key: the same key with the same values is one movement.
    """

    def open_session(self, request: SessionRequest, *, idempotency_key: str) -> SessionSeen:
        """Open a hosted page."""
        ...

    def fetch_session(self, identifier: str) -> SessionSeen:
        """The page with its latest card try and the fee taken."""
        ...

    def find_session(self, reference: str) -> SessionSeen | None:
        """The page opened under our reference, when we never learned its identifier."""
        ...

    def expire_session(self, identifier: str) -> SessionSeen:
        """Close an open page; one that was paid meanwhile is told as it is."""
        ...

    def create_refund(
        self, *, charge: str, amount_cents: int, metadata: dict[str, str], idempotency_key: str
    ) -> RefundSeen:
        """Give cents back to the card of a gateway charge."""
        ...

    def fetch_refund(self, identifier: str) -> RefundSeen:
        """The refund as it stands."""
        ...

    def find_refund(self, *, charge: str, metadata: dict[str, str]) -> RefundSeen | None:
        """The refund of a charge that bears these metadata, when we never learned its identifier."""
        ...

    def create_payee(self, *, name: str, email: str, metadata: dict[str, str], idempotency_key: str) -> str:
        """Open an account for a payee; its identifier."""
        ...

    def create_transfer(
        self,
        *,
        destination: str,
        amount_cents: int,
        currency: str,
        source_charge: str,
        transfer_group: str,
        metadata: dict[str, str],
        idempotency_key: str,
    ) -> TransferSeen:
        """Move cents of a gateway charge to a payee."""
        ...

    def find_transfer(self, *, transfer_group: str) -> TransferSeen | None:
        """The transfer of a group that holds one only, when we never learned its identifier."""
        ...

    def reverse_transfer(
        self, *, transfer: str, amount_cents: int, metadata: dict[str, str], idempotency_key: str
    ) -> ReversalSeen:
        """Take cents of a transfer back; Declined when the payee has not so much."""
        ...

    def find_reversal(self, *, transfer: str, metadata: dict[str, str]) -> ReversalSeen | None:
        """The reversal of a transfer that bears these metadata, when we never learned its identifier."""
        ...

    def fetch_dispute(self, identifier: str) -> DisputeSeen:
        """The dispute as it stands."""
        ...

    def disputes_of(self, charge: str) -> list[DisputeSeen]:
        """All disputes of a gateway charge."""
        ...

    def refunds_of(self, charge: str) -> list[RefundSeen]:
        """All refunds of a gateway charge, also those that we did not ask for."""
        ...

    def events_since(self, since: datetime, *, after: str = "", limit: int) -> EventsPage:
        """A page of at most `limit` events from an instant on, those older than the event `after` when given.

        Raises InvalidRequest when the list does not hold `after` any more.
        """
        ...

    def balance(self) -> BalanceSeen:
        """What the account holds."""
        ...

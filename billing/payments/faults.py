"""Names of the places where a process may be killed without losing or doubling money; tests kill it there."""

from __future__ import annotations

PAYMENT_SAVED = "payments.start.saved"
"""The payment is committed, the gateway has not heard of it."""
PAYMENT_OPENED = "payments.start.called"
"""The gateway has opened the page, we have not stored its address."""
DELIVERY_STORED = "payments.delivery.stored"
"""The event is committed, the gateway has no answer yet."""
SESSION_FETCHED = "payments.apply.fetched"
"""The gateway has told the state, nothing of it is stored."""
SESSION_APPLIED = "payments.apply.before_commit"
"""Payment, ledger, charge and event are written, the commit has not begun."""
SESSION_EXPIRED = "payments.expire.called"
"""The gateway has closed the page, we have not stored that."""
REFUND_SAVED = "payments.refund.saved"
"""The refund is committed, the gateway has not heard of it."""
REFUND_CALLED = "payments.refund.called"
"""The gateway has given the money back, we have not stored that."""
REFUND_FETCHED = "payments.refund.fetched"
"""The gateway has told the state of a refund, nothing of it is stored."""

DISPUTES_FETCHED = "payments.apply.disputes_fetched"
"""The gateway has told of disputes, nothing of them is stored."""
REFUNDS_FETCHED = "payments.apply.refunds_fetched"
"""The gateway has told of refunds that we did not ask for, nothing of them is stored."""
DISPUTE_APPLIED = "payments.dispute.before_commit"
"""Dispute, payment and ledger are written, the commit has not begun."""
EVENTS_LISTED = "payments.reconcile.listed"
"""The gateway has listed its events, those that never came are not stored."""
EVENTS_STORED = "payments.reconcile.stored"
"""A page of events and the place reached in the list are committed, the next page is not asked for."""
ACCOUNT_SAVED = "payments.account.saved"
"""The row of an account is committed, the gateway has not heard of it."""
ACCOUNT_OPENED = "payments.account.called"
"""The gateway has opened the account, its key is not stored."""
ENDPOINT_OPENED = "payments.endpoint.called"
"""The gateway has a new webhook address, its secret is not stored."""
SESSION_LOOKED_UP = "payments.start.looked_up"
"""The gateway was asked whether an old attempt left a page, nothing is decided."""
REFUND_LOOKED_UP = "payments.refund.looked_up"
"""The gateway was asked whether an old attempt gave the money back, nothing is decided."""

FAULT_POINTS: tuple[str, ...] = (
    PAYMENT_SAVED,
    PAYMENT_OPENED,
    DELIVERY_STORED,
    SESSION_FETCHED,
    SESSION_APPLIED,
    SESSION_EXPIRED,
    REFUND_SAVED,
    REFUND_CALLED,
    REFUND_FETCHED,
    DISPUTES_FETCHED,
    REFUNDS_FETCHED,
    DISPUTE_APPLIED,
    EVENTS_LISTED,
    EVENTS_STORED,
    ACCOUNT_SAVED,
    ACCOUNT_OPENED,
    ENDPOINT_OPENED,
    SESSION_LOOKED_UP,
    REFUND_LOOKED_UP,
)

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
)

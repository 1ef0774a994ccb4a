"""Names of the places where a process may die without losing or doubling a payout; tests kill it there."""

from __future__ import annotations

LEG_SAVED = "payouts.leg.saved"
"""The attempt and its key are committed, the gateway has not heard of it."""
LEG_LOOKED_UP = "payouts.leg.looked_up"
"""The gateway was asked about an earlier attempt, nothing is decided."""
LEG_CALLED = "payouts.leg.called"
"""The gateway has moved the money, we have not stored that."""
LEG_NOTED = "payouts.leg.before_commit"
"""Leg, ledger and payout are written, the commit has not begun."""
ACCOUNT_SAVED = "payouts.account.saved"
"""The account's row and key are committed, the gateway has not heard of it."""
ACCOUNT_CALLED = "payouts.account.called"
"""The gateway has opened the account, we have not stored its identifier."""

REVERSAL_SAVED = "payouts.reversal.saved"
"""The attempt to take a transfer back is committed, the gateway has not heard of it."""
REVERSAL_LOOKED_UP = "payouts.reversal.looked_up"
"""The gateway was asked about an earlier attempt, nothing is decided."""
REVERSAL_CALLED = "payouts.reversal.called"
"""The gateway has taken the money back, we have not stored that."""
REVERSAL_NOTED = "payouts.reversal.before_commit"
"""Reversal, debt and ledger are written, the commit has not begun."""

FAULT_POINTS: tuple[str, ...] = (
    LEG_SAVED,
    LEG_LOOKED_UP,
    LEG_CALLED,
    LEG_NOTED,
    ACCOUNT_SAVED,
    ACCOUNT_CALLED,
    REVERSAL_SAVED,
    REVERSAL_LOOKED_UP,
    REVERSAL_CALLED,
    REVERSAL_NOTED,
)

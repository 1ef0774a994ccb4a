"""How the state of a claim is told to staff."""

from __future__ import annotations

from billing.claims.lifecycle import ClaimState
from billing.claims.models import Claim
from kernel.web.states import StateWord

TONES = {
    ClaimState.DRAFT: "act",
    ClaimState.SUBMITTED: "wait",
    ClaimState.PARTLY_PAID: "run",
    ClaimState.PAID: "done",
    ClaimState.CLOSED: "done",
    ClaimState.WITHDRAWN: "wait",
}


def claim_word(claim: Claim) -> StateWord:
    """The state of a claim; a draft is staff's turn, a submitted one the funder's."""
    state = ClaimState(claim.state)
    return StateWord(TONES[state], state.label, "x" if state == ClaimState.WITHDRAWN else "")

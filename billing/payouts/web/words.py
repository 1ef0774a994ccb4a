"""How payouts and their troubles are told: to the provider, and to staff."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.events import (
    CHARGE_LAPSED,
    CHARGE_PAID,
    CHARGE_PAYMENT_FAILED,
    CHARGE_REFUNDED,
    CHARGE_RETURNED,
)
from billing.payouts.lifecycle import LegState, PayoutState, ReversalState
from billing.payouts.models import Payout, PayoutLeg, TransferReversal
from kernel.web.states import StateWord

Words = str | Promise

PAYOUT_TONES = {
    PayoutState.HELD: "wait",
    PayoutState.NETTED: "done",
    PayoutState.READY: "run",
    PayoutState.SENT: "done",
    PayoutState.RECEIVED: "done",
    PayoutState.FAILED: "bad",
}
LEG_TONES = {
    LegState.CANCELLED: "done",
    LegState.AWAITS_FUNDER: "wait",
    LegState.READY: "run",
    LegState.BLOCKED: "act",
    LegState.SENDING: "run",
    LegState.UNKNOWN: "run",
    LegState.SENT: "done",
    LegState.RECEIVED: "done",
    LegState.FAILED: "bad",
}
REASONS: dict[str, Words] = {
    "no_payout_account": _("Le prestataire n’a pas encore de compte de versement."),
    "no_gateway_payment": _("Aucun paiement reçu par la passerelle ne peut financer ce versement."),
    "payment_disputed": _("La banque du client conteste le paiement : le versement n’est pas parti."),
    "outcome_unknown": _(
        "La passerelle n’a pas dit si le versement est parti : elle est interrogée à nouveau."
    ),
    "balance_insufficient": _("Le solde disponible à la passerelle ne suffit pas encore."),
    "insufficient_capabilities_for_transfer": _("La passerelle restreint le compte du prestataire."),
    "transfer_source_exhausted": _("Le paiement du client est déjà entièrement reversé ou rendu."),
}
EVENTS: dict[str, Words] = {
    CHARGE_PAID: _("Paiement reçu"),
    CHARGE_PAYMENT_FAILED: _("Paiement refusé"),
    CHARGE_REFUNDED: _("Remboursement lancé"),
    CHARGE_LAPSED: _("Délai de paiement dépassé"),
    CHARGE_RETURNED: _("Remboursement après validation"),
}


def payout_word(payout: Payout) -> StateWord:
    """The state of a payout as its seller reads it; a leg that waits for an account is the seller's turn."""
    if any(leg.reason_code == "no_payout_account" for leg in payout.legs.all()):
        return StateWord("act", _("Attend votre compte de versement"))
    if payout.state == PayoutState.HELD and payout.disputed_at is not None:
        return StateWord("bad", _("Retenu : la banque du client conteste son paiement"))
    if payout.state == PayoutState.READY and awaited_leg(payout) is not None:
        return StateWord("wait", LegState.AWAITS_FUNDER.label)
    return StateWord(PAYOUT_TONES[PayoutState(payout.state)], PayoutState(payout.state).label)


def awaited_leg(payout: Payout) -> PayoutLeg | None:
    """The leg of a payout that waits for a funder, with its expected date; the legs are prefetched."""
    return next((leg for leg in payout.legs.all() if leg.state == LegState.AWAITS_FUNDER), None)


def leg_word(leg: PayoutLeg) -> StateWord:
    """The state of a leg for staff."""
    return StateWord(LEG_TONES[LegState(leg.state)], LegState(leg.state).label)


def reversal_word(reversal: TransferReversal) -> StateWord:
    """The state of a transfer that is being taken back, for staff."""
    return StateWord("run", ReversalState(reversal.state).label)


def leg_reason(leg: PayoutLeg) -> Words:
    """Why a leg does not leave, in a sentence."""
    code = "outcome_unknown" if leg.state == LegState.SENDING else leg.reason_code
    return REASONS.get(code, code)

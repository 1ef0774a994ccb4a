"""The life of a payout and of its legs; nothing else assigns their state."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.lifecycle import Lifecycle, Transition


class PayoutState(models.TextChoices):
    """Where a payout stands; it follows its legs."""

    HELD = "held", _("Retenu")
    READY = "ready", _("Prêt")
    SENT = "sent", _("Envoyé")
    RECEIVED = "received", _("Reçu")
    FAILED = "failed", _("Échoué")
    NETTED = "netted", _("Compensé")


class LegState(models.TextChoices):
    """Where one movement of a payout stands."""

    AWAITS_FUNDER = "awaits_funder", _("Attend le financeur")
    READY = "ready", _("Prêt")
    BLOCKED = "blocked", _("Bloqué")
    SENDING = "sending", _("Envoi en cours")
    UNKNOWN = "unknown", _("Issue inconnue")
    SENT = "sent", _("Envoyé")
    RECEIVED = "received", _("Reçu")
    FAILED = "failed", _("Échoué")
    CANCELLED = "cancelled", _("Compensé")


class ReversalState(models.TextChoices):
    """Where one attempt to take a transfer back stands."""

    REQUESTED = "requested", _("À reprendre")
    SENDING = "sending", _("Reprise en cours")
    UNKNOWN = "unknown", _("Issue inconnue")
    DONE = "done", _("Repris")
    FAILED = "failed", _("Reprise refusée")


class AccountState(models.TextChoices):
    """Whether a party can be paid."""

    OPENING = "opening", _("En cours d’ouverture")
    ACTIVE = "active", _("Ouvert")


BILLING = frozenset({"billing"})

MOVED_ON = _("Ce versement est déjà parti.")
SETTLED = _("Cette reprise de versement est déjà terminée.")

PAYOUT = Lifecycle(
    field="state",
    transitions=(
        Transition("hold", (PayoutState.READY,), PayoutState.HELD, BILLING, MOVED_ON),
        Transition("end_hold", (PayoutState.HELD,), PayoutState.READY, BILLING, MOVED_ON),
        Transition(
            "net",
            (PayoutState.HELD, PayoutState.READY, PayoutState.FAILED),
            PayoutState.NETTED,
            BILLING,
            MOVED_ON,
        ),
        Transition(
            name="send",
            sources=(PayoutState.READY, PayoutState.FAILED),
            target=PayoutState.SENT,
            by=BILLING,
            refusal=_("Ce versement est déjà parti."),
        ),
        Transition(
            name="keep",
            sources=(PayoutState.READY,),
            target=PayoutState.RECEIVED,
            by=BILLING,
            refusal=_("Ce versement est déjà parti."),
        ),
        Transition(
            name="fail",
            sources=(PayoutState.READY,),
            target=PayoutState.FAILED,
            by=BILLING,
            refusal=_("Ce versement est déjà parti."),
        ),
        Transition(
            name="retry",
            sources=(PayoutState.FAILED,),
            target=PayoutState.READY,
            by=BILLING,
            refusal=_("Ce versement n’a pas échoué."),
        ),
    ),
)

LEG = Lifecycle(
    field="state",
    transitions=(
        Transition(
            "net",
            (LegState.AWAITS_FUNDER, LegState.READY, LegState.BLOCKED, LegState.FAILED),
            LegState.CANCELLED,
            BILLING,
            MOVED_ON,
        ),
        # The funder's money is at the bank: the credit transfer can be made.
        Transition("fund", (LegState.AWAITS_FUNDER,), LegState.READY, BILLING, MOVED_ON),
        # It was noted by mistake.
        Transition("unfund", (LegState.READY,), LegState.AWAITS_FUNDER, BILLING, MOVED_ON),
        # Staff made the credit transfer at the bank.
        Transition("transfer", (LegState.READY,), LegState.SENT, frozenset({"operator"}), MOVED_ON),
        Transition(
            name="block",
            sources=(LegState.READY,),
            target=LegState.BLOCKED,
            by=BILLING,
            refusal=_("Ce versement est déjà parti."),
        ),
        Transition(
            name="unblock",
            sources=(LegState.BLOCKED,),
            target=LegState.READY,
            by=BILLING,
            refusal=_("Ce versement n’est pas bloqué."),
        ),
        Transition(
            name="attempt",
            sources=(LegState.READY, LegState.UNKNOWN),
            target=LegState.SENDING,
            by=BILLING,
            refusal=_("Ce versement est déjà parti."),
        ),
        Transition(
            name="lose_sight",
            sources=(LegState.SENDING,),
            target=LegState.UNKNOWN,
            by=BILLING,
            refusal=_("Aucun envoi n’est en cours pour ce versement."),
        ),
        Transition(
            name="send",
            sources=(LegState.SENDING, LegState.UNKNOWN),
            target=LegState.SENT,
            by=BILLING,
            refusal=_("Aucun envoi n’est en cours pour ce versement."),
        ),
        Transition(
            name="fail",
            sources=(LegState.SENDING,),
            target=LegState.FAILED,
            by=BILLING,
            refusal=_("Aucun envoi n’est en cours pour ce versement."),
        ),
        Transition(
            name="retry",
            sources=(LegState.FAILED,),
            target=LegState.READY,
            by=frozenset({"operator"}),
            refusal=_("Ce versement n’a pas échoué."),
        ),
    ),
)

REVERSAL = Lifecycle(
    field="state",
    transitions=(
        Transition(
            "attempt",
            (ReversalState.REQUESTED, ReversalState.UNKNOWN),
            ReversalState.SENDING,
            BILLING,
            SETTLED,
        ),
        Transition("lose_sight", (ReversalState.SENDING,), ReversalState.UNKNOWN, BILLING, SETTLED),
        Transition(
            "finish",
            (ReversalState.SENDING, ReversalState.UNKNOWN),
            ReversalState.DONE,
            BILLING,
            SETTLED,
        ),
        Transition("fail", (ReversalState.SENDING,), ReversalState.FAILED, BILLING, SETTLED),
    ),
)

ACCOUNT = Lifecycle(
    field="state",
    transitions=(
        Transition(
            name="activate",
            sources=(AccountState.OPENING,),
            target=AccountState.ACTIVE,
            by=BILLING,
            refusal=_("Ce compte de versement est déjà ouvert."),
        ),
    ),
)

"""The life of a claim as one table; nothing else assigns its state."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.lifecycle import Lifecycle, Transition


class ClaimState(models.TextChoices):
    """Where a claim stands."""

    DRAFT = "draft", _("Brouillon")
    SUBMITTED = "submitted", _("Déposée")
    PARTLY_PAID = "partly_paid", _("Payée en partie")
    PAID = "paid", _("Payée")
    CLOSED = "closed", _("Close après un refus")
    WITHDRAWN = "withdrawn", _("Retirée")


LIVE = (
    ClaimState.DRAFT,
    ClaimState.SUBMITTED,
    ClaimState.PARTLY_PAID,
    ClaimState.PAID,
    ClaimState.CLOSED,
)
"""States in which a claim keeps its lines from any other."""
SENT = (ClaimState.SUBMITTED, ClaimState.PARTLY_PAID, ClaimState.PAID, ClaimState.CLOSED)
"""States in which the funder has been asked."""
OPERATOR = frozenset({"operator"})
MOVED_ON = _("Cette demande a changé d’état.")

CLAIM = Lifecycle(
    field="state",
    transitions=(
        Transition("submit", (ClaimState.DRAFT,), ClaimState.SUBMITTED, OPERATOR, MOVED_ON),
        # Some of what was asked has come.
        Transition(
            "pay",
            (ClaimState.SUBMITTED, ClaimState.PARTLY_PAID),
            ClaimState.PARTLY_PAID,
            OPERATOR,
            _("Seule une demande déposée et pas encore soldée se paie."),
        ),
        # All of it has come, or returns leave nothing to ask.
        Transition(
            "settle",
            (ClaimState.SUBMITTED, ClaimState.PARTLY_PAID),
            ClaimState.PAID,
            OPERATOR,
            _("Seule une demande déposée et pas encore soldée se paie."),
        ),
        # A payment was noted by mistake: some of what was asked is open again, or all of it.
        Transition(
            "reopen",
            (ClaimState.PARTLY_PAID, ClaimState.PAID),
            ClaimState.PARTLY_PAID,
            OPERATOR,
            _("Annulez d’abord le refus : il clôt la demande avec ses paiements."),
        ),
        Transition(
            "reopen_whole",
            (ClaimState.PARTLY_PAID, ClaimState.PAID),
            ClaimState.SUBMITTED,
            OPERATOR,
            _("Annulez d’abord le refus : il clôt la demande avec ses paiements."),
        ),
        # The funder pays no more: what is left is asked again or lost.
        Transition(
            "refuse",
            (ClaimState.SUBMITTED, ClaimState.PARTLY_PAID),
            ClaimState.CLOSED,
            OPERATOR,
            _("Seul le reste d’une demande déposée et pas encore soldée peut être refusé."),
        ),
        # The refusal was noted by mistake: what is left waits for the funder again.
        Transition("admit", (ClaimState.CLOSED,), ClaimState.PARTLY_PAID, OPERATOR, MOVED_ON),
        Transition("admit_whole", (ClaimState.CLOSED,), ClaimState.SUBMITTED, OPERATOR, MOVED_ON),
        Transition(
            "withdraw",
            (ClaimState.DRAFT, ClaimState.SUBMITTED),
            ClaimState.WITHDRAWN,
            OPERATOR,
            _("Une demande payée, même en partie, ne se retire plus."),
        ),
    ),
)

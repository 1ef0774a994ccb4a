"""The life of an order line and of a milestone; nothing else assigns their state (docs/decisions/0003)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.lifecycle import Lifecycle, Transition


class LineState(models.TextChoices):
    """Where a line stands, in the words of the business; `wording` has those of the others."""

    AWAITING_PAYMENT = "awaiting_payment", _("À payer")
    AWAITING_PROVIDER = "awaiting_provider", _("Envoyée")
    UNANSWERED = "unanswered", _("Sans réponse, solution en cours")
    ACCEPTED = "accepted", _("Acceptée")
    IN_PROGRESS = "in_progress", _("En cours")
    DELIVERED = "delivered", _("À valider")
    CHANGES_REQUESTED = "changes_requested", _("Corrections demandées")
    DISPUTED = "disputed", _("Litige en cours")
    APPROVED = "approved", _("Validée")
    CLOSED = "closed", _("Terminée")
    LAPSED = "lapsed", _("Délai de paiement dépassé")
    DECLINED = "declined", _("Déclinée, solution en cours")
    CANCELLED = "cancelled", _("Annulée")
    REFUNDED = "refunded", _("Remboursée")


class MilestoneState(models.TextChoices):
    """Where a milestone stands."""

    PENDING = "pending", _("À venir")
    IN_PROGRESS = "in_progress", _("En cours")
    DELIVERED = "delivered", _("À valider")
    CHANGES_REQUESTED = "changes_requested", _("Corrections demandées")
    APPROVED = "approved", _("Validée")
    CANCELLED = "cancelled", _("Annulée")


class DisputeState(models.TextChoices):
    """Where a dispute stands."""

    OPEN = "open", _("En cours")
    WITHDRAWN = "withdrawn", _("Retiré")
    DECIDED = "decided", _("Tranché")


BUSINESS, PROVIDER, OPERATOR, CLOCK, BILLING = "business", "provider", "operator", "clock", "billing"
ROLES = (BUSINESS, PROVIDER, OPERATOR, CLOCK, BILLING)

_S = LineState
_M = MilestoneState
_WORKED_ON = (_S.IN_PROGRESS, _S.DELIVERED, _S.CHANGES_REQUESTED)
# What a client may dispute: from the acceptance on, and for as long as an approved line is not closed.
_DISPUTABLE = (_S.ACCEPTED, *_WORKED_ON, _S.APPROVED)
# Where a line goes on when its client withdraws the dispute.
RESUMED = {
    _S.ACCEPTED: "resume_accepted",
    _S.IN_PROGRESS: "resume_work",
    _S.DELIVERED: "resume_review",
    _S.CHANGES_REQUESTED: "resume_changes",
    _S.APPROVED: "resume_approved",
}
_BEFORE_START = (_S.AWAITING_PAYMENT, _S.AWAITING_PROVIDER, _S.ACCEPTED)
_TOO_LATE_TO_CANCEL = _("Cette prestation ne peut plus être annulée ici.")


def _row(name: str, sources: tuple[str, ...], target: str, by: str, refusal: object) -> Transition:
    roles = frozenset(by.split())
    return Transition(name, tuple(map(str, sources)), str(target), roles, refusal)  # type: ignore[arg-type]


LINE = Lifecycle(
    field="state",
    transitions=(
        _row("pay", (_S.AWAITING_PAYMENT,), _S.AWAITING_PROVIDER, BILLING,
             _("Cette prestation n’attend pas de paiement.")),
        _row("lapse", (_S.AWAITING_PAYMENT,), _S.LAPSED, CLOCK,
             _("Cette prestation n’attend plus de paiement.")),
        _row("pay_late", (_S.LAPSED,), _S.AWAITING_PROVIDER, BILLING,
             _("Cette prestation n’attend pas de paiement.")),
        _row("refund_late", (_S.LAPSED,), _S.REFUNDED, BILLING,
             _("Cette prestation n’attend pas de remboursement.")),
        _row("accept", (_S.AWAITING_PROVIDER,), _S.ACCEPTED, PROVIDER,
             _("Cette prestation n’est plus à accepter.")),
        _row("decline", (_S.AWAITING_PROVIDER,), _S.DECLINED, PROVIDER,
             _("Cette prestation ne peut plus être déclinée.")),
        _row("time_out", (_S.AWAITING_PROVIDER,), _S.UNANSWERED, CLOCK,
             _("Cette prestation n’attend plus de réponse.")),
        # At the price that was paid; billing freezes the new seller's tax and commission.
        _row("reassign", (_S.DECLINED, _S.UNANSWERED), _S.AWAITING_PROVIDER, OPERATOR,
             _("Seule une prestation déclinée ou restée sans réponse se réattribue.")),
        _row("give_back", (_S.DECLINED, _S.UNANSWERED), _S.REFUNDED, f"{OPERATOR} {CLOCK}",
             _("Cette prestation n’est pas à rembourser.")),
        _row("start", (_S.ACCEPTED,), _S.IN_PROGRESS, PROVIDER,
             _("Seule une prestation acceptée se démarre.")),
        _row("deliver", (_S.IN_PROGRESS, _S.CHANGES_REQUESTED), _S.DELIVERED, PROVIDER,
             _("Rien n’est à livrer sur cette prestation.")),
        _row("request_changes", (_S.DELIVERED,), _S.CHANGES_REQUESTED, BUSINESS,
             _("Aucune livraison n’attend de validation.")),
        # One milestone is approved and the next begins.
        _row("go_on", (_S.DELIVERED,), _S.IN_PROGRESS, f"{BUSINESS} {CLOCK}",
             _("Aucune livraison n’attend de validation.")),
        # A client who is silent for the days of review approves: the clock does it, after two reminders.
        _row("approve", (_S.DELIVERED,), _S.APPROVED, f"{BUSINESS} {CLOCK}",
             _("Aucune livraison n’attend de validation.")),
        _row("cancel", _BEFORE_START, _S.CANCELLED, BUSINESS, _TOO_LATE_TO_CANCEL),
        _row("cancel", (*_BEFORE_START, *_WORKED_ON), _S.CANCELLED, OPERATOR, _TOO_LATE_TO_CANCEL),
        # Approved milestones stay approved: only the rest is cancelled.
        _row("cancel_rest", _WORKED_ON, _S.APPROVED, OPERATOR, _TOO_LATE_TO_CANCEL),
        _row("dispute", _DISPUTABLE, _S.DISPUTED, BUSINESS,
             _("Un litige ne s’ouvre que sur une prestation acceptée et pas encore terminée.")),
        *(
            _row(name, (_S.DISPUTED,), state, BUSINESS, _("Aucun litige n’est en cours."))
            for state, name in RESUMED.items()
        ),
        # What is left to the provider is approved; where nothing is, the line was given back.
        _row("decide_approved", (_S.DISPUTED,), _S.APPROVED, OPERATOR, _("Aucun litige n’est en cours.")),
        _row("decide_refunded", (_S.DISPUTED,), _S.REFUNDED, OPERATOR, _("Aucun litige n’est en cours.")),
        # All of it was given back after its approval; billing has the money, the milestones stay approved.
        _row("refund_after", (_S.APPROVED, _S.CLOSED), _S.REFUNDED, BILLING,
             _("Seule une prestation validée se rembourse ainsi.")),
        _row("close", (_S.APPROVED,), _S.CLOSED, CLOCK,
             _("Seule une prestation validée se clôture.")),
    ),
)  # fmt: skip

MILESTONE = Lifecycle(
    field="state",
    transitions=(
        # The first begins with the line, each other with the approval of the one before.
        _row("start", (_M.PENDING,), _M.IN_PROGRESS, f"{PROVIDER} {BUSINESS} {CLOCK}",
             _("Cette étape a déjà commencé.")),
        _row("deliver", (_M.IN_PROGRESS, _M.CHANGES_REQUESTED), _M.DELIVERED, PROVIDER,
             _("Cette étape n’est pas à livrer.")),
        _row("request_changes", (_M.DELIVERED,), _M.CHANGES_REQUESTED, BUSINESS,
             _("Cette étape n’attend pas de validation.")),
        _row("approve", (_M.DELIVERED,), _M.APPROVED, f"{BUSINESS} {CLOCK}",
             _("Cette étape n’attend pas de validation.")),
        # A decided dispute releases it, delivered or not.
        _row("decide", (_M.PENDING, _M.IN_PROGRESS, _M.DELIVERED, _M.CHANGES_REQUESTED), _M.APPROVED,
             OPERATOR, _("Cette étape est terminée.")),
        _row("cancel", (_M.PENDING, _M.IN_PROGRESS, _M.DELIVERED, _M.CHANGES_REQUESTED), _M.CANCELLED,
             f"{BUSINESS} {OPERATOR} {CLOCK} {BILLING}", _("Cette étape est terminée.")),
    ),
)  # fmt: skip

DISPUTE = Lifecycle(
    field="state",
    transitions=(
        _row("withdraw", (DisputeState.OPEN,), DisputeState.WITHDRAWN, BUSINESS,
             _("Aucun litige n’est en cours.")),
        _row("decide", (DisputeState.OPEN,), DisputeState.DECIDED, OPERATOR,
             _("Aucun litige n’est en cours.")),
    ),
)  # fmt: skip

# The provider has something to do; the client has; neither has any more.
PROVIDER_ACTS = (_S.AWAITING_PROVIDER, _S.ACCEPTED, _S.IN_PROGRESS, _S.CHANGES_REQUESTED)
BUSINESS_ACTS = (_S.AWAITING_PAYMENT, _S.DELIVERED)
ENDED = (_S.CLOSED, _S.LAPSED, _S.CANCELLED, _S.REFUNDED)
# What a provider never hears of: it was not paid.
UNPAID = (_S.AWAITING_PAYMENT, _S.LAPSED)

"""The life of a payment and of a refund; nothing else assigns their state."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kernel.lifecycle import Lifecycle, Transition


class PaymentState(models.TextChoices):
    """Where one attempt to collect money stands."""

    CREATED = "created", _("Page de paiement en préparation")
    PENDING = "pending", _("En attente de la banque")
    PROCESSING = "processing", _("Prélèvement en cours")
    UNKNOWN = "unknown", _("Réponse de la passerelle attendue")
    SUCCEEDED = "succeeded", _("Payé")
    FAILED = "failed", _("Refusé")
    EXPIRED = "expired", _("Délai de paiement dépassé")
    QUARANTINED = "quarantined", _("Reçu, à vérifier")
    OWED_BACK = "owed_back", _("Reçu, à rendre")
    RETURNED = "returned", _("Rendu")
    CHARGED_BACK = "charged_back", _("Repris par la banque")


class DisputeState(models.TextChoices):
    """Where a charge that a buyer's bank took back stands."""

    OPEN = "open", _("Contesté auprès de la banque")
    WON = "won", _("Contestation gagnée")
    LOST = "lost", _("Contestation perdue")


class RefundState(models.TextChoices):
    """Where one attempt to give money back stands."""

    REQUESTED = "requested", _("Remboursement lancé")
    PENDING = "pending", _("Attend la banque")
    DONE = "done", _("Remboursé")
    FAILED = "failed", _("Remboursement échoué")


PAGE_OPEN = (PaymentState.CREATED, PaymentState.PENDING, PaymentState.UNKNOWN)
OPEN = (*PAGE_OPEN, PaymentState.PROCESSING)
"""The bank may still take money for it; while a debit is processing the charge does not lapse."""
RECEIVED = (
    PaymentState.SUCCEEDED,
    PaymentState.QUARANTINED,
    PaymentState.OWED_BACK,
    PaymentState.RETURNED,
    PaymentState.CHARGED_BACK,
)
# A page that we believe expired or refused may still turn out paid: the gateway's word wins.
NOT_RECEIVED = (*OPEN, PaymentState.FAILED, PaymentState.EXPIRED)

BILLING = frozenset({"billing"})
MOVED_ON = _("Ce paiement ne peut plus changer ainsi.")

PAYMENT = Lifecycle(
    field="state",
    transitions=(
        Transition(
            "open", (PaymentState.CREATED, PaymentState.UNKNOWN), PaymentState.PENDING, BILLING, MOVED_ON
        ),
        Transition("lose_track", (PaymentState.CREATED,), PaymentState.UNKNOWN, BILLING, MOVED_ON),
        Transition(
            "refuse", (PaymentState.CREATED, PaymentState.UNKNOWN), PaymentState.FAILED, BILLING, MOVED_ON
        ),
        Transition("process", (*PAGE_OPEN, PaymentState.EXPIRED), PaymentState.PROCESSING, BILLING, MOVED_ON),
        # The bank refused a debit that the buyer had signed: this page cannot be paid any more.
        Transition("fail", OPEN, PaymentState.FAILED, BILLING, MOVED_ON),
        Transition(
            "charge_back",
            (PaymentState.SUCCEEDED, PaymentState.OWED_BACK, PaymentState.QUARANTINED),
            PaymentState.CHARGED_BACK,
            BILLING,
            MOVED_ON,
        ),
        Transition("expire", OPEN, PaymentState.EXPIRED, BILLING, MOVED_ON),
        Transition("succeed", NOT_RECEIVED, PaymentState.SUCCEEDED, BILLING, MOVED_ON),
        Transition("quarantine", NOT_RECEIVED, PaymentState.QUARANTINED, BILLING, MOVED_ON),
        Transition("owe_back", NOT_RECEIVED, PaymentState.OWED_BACK, BILLING, MOVED_ON),
        Transition(
            "give_back",
            (PaymentState.OWED_BACK, PaymentState.QUARANTINED),
            PaymentState.RETURNED,
            BILLING,
            MOVED_ON,
        ),
    ),
)

REFUND_MOVED_ON = _("Ce remboursement ne peut plus changer ainsi.")

REFUND = Lifecycle(
    field="state",
    transitions=(
        Transition("wait", (RefundState.REQUESTED,), RefundState.PENDING, BILLING, REFUND_MOVED_ON),
        Transition(
            "finish",
            (RefundState.REQUESTED, RefundState.PENDING),
            RefundState.DONE,
            BILLING,
            REFUND_MOVED_ON,
        ),
        # Banks send refunds back days after they were told done.
        Transition(
            "fail",
            (RefundState.REQUESTED, RefundState.PENDING, RefundState.DONE),
            RefundState.FAILED,
            BILLING,
            REFUND_MOVED_ON,
        ),
    ),
)

DISPUTE_MOVED_ON = _("Cette contestation est déjà close.")

DISPUTE = Lifecycle(
    field="state",
    transitions=(
        Transition("win", (DisputeState.OPEN,), DisputeState.WON, BILLING, DISPUTE_MOVED_ON),
        Transition("lose", (DisputeState.OPEN,), DisputeState.LOST, BILLING, DISPUTE_MOVED_ON),
    ),
)

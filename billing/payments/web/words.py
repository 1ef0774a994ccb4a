"""How states, refusals and problems of payments are told: to the buyer, and to staff."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing.payments.lifecycle import DisputeState, PaymentState, RefundState
from billing.payments.models import (
    DeliveryState,
    GatewayDelivery,
    GatewayDispute,
    Payment,
    Refund,
    RefundOrigin,
)
from kernel.web.states import StateWord
from kernel.web.templatetags.pepiniere_web import when_short

Words = str | Promise

PAYMENT_TONES = {
    PaymentState.CREATED: "run",
    PaymentState.PENDING: "run",
    PaymentState.PROCESSING: "run",
    PaymentState.UNKNOWN: "run",
    PaymentState.SUCCEEDED: "done",
    PaymentState.FAILED: "bad",
    PaymentState.EXPIRED: "wait",
    PaymentState.QUARANTINED: "bad",
    PaymentState.OWED_BACK: "act",
    PaymentState.RETURNED: "wait",
    PaymentState.CHARGED_BACK: "bad",
}
REFUND_TONES = {
    RefundState.REQUESTED: "run",
    RefundState.PENDING: "run",
    RefundState.DONE: "done",
    RefundState.FAILED: "bad",
}
DISPUTE_TONES = {DisputeState.OPEN: "act", DisputeState.WON: "done", DisputeState.LOST: "bad"}
DELIVERY_TONES = {DeliveryState.STORED: "run", DeliveryState.UNMATCHED: "act"}

REFUSALS: dict[str, Words] = {
    "card_declined": _("Votre banque a refusé. Rien n’a été débité."),
    "insufficient_funds": _("Votre banque a refusé : provision insuffisante. Rien n’a été débité."),
    "debit_refused": _("Votre banque a refusé le prélèvement. Rien n’a été débité."),
    "authentication_required": _("Vous n’avez pas confirmé auprès de votre banque. Rien n’a été débité."),
}
PROBLEMS: dict[str, Words] = {
    "amount_differs": _("Le montant reçu n’est pas celui de la commande."),
    "reference_differs": _("La référence reçue n’est pas celle de ce paiement."),
    "live_money_on_sandbox": _("La passerelle annonce de l’argent réel sur un compte d’essai."),
    "charge_paid": _("La commande était déjà payée."),
    "charge_cancelled": _("La commande était déjà annulée."),
}
DISPUTE_REASONS: dict[str, Words] = {
    "fraudulent": _("Le titulaire de la carte dit ne pas avoir payé."),
    "product_not_received": _("Le client dit n’avoir rien reçu."),
    "duplicate": _("Le client dit avoir payé deux fois."),
    "insufficient_funds": _("Le prélèvement a été rejeté : provision insuffisante."),
    "general": _("La banque ne dit pas pourquoi."),
}
REFUND_FAILURES: dict[str, Words] = {
    "expired_or_canceled_card": _("La carte n’existe plus."),
    "lost_or_stolen_card": _("La carte a été perdue ou volée."),
    "charge_already_refunded": _("La passerelle a déjà tout rendu : rapprochez avec elle avant de relancer."),
    "amount_too_large": _(
        "La passerelle dispose de moins que ce montant : rapprochez avec elle avant de relancer."
    ),
}


def refund_explanation(refund: Refund) -> Words:
    """What staff are told of a refund that waits for them."""
    if refund.meant_for is not None and refund.state == RefundState.DONE:
        return _(
            "Part d’un remboursement fait à la passerelle, réservée à « %(item)s » : annulez cette "
            "prestation dans la commande, elle ne sera pas remboursée deux fois."
        ) % {"item": refund.meant_for.description}
    if refund.origin == RefundOrigin.GATEWAY and refund.state == RefundState.DONE:
        return _(
            "Fait à la passerelle sans passer par ici. Annulez dans la commande les prestations "
            "remboursées : elles y seront rattachées sans être remboursées deux fois. "
            "S’il en couvre plusieurs, répartissez-le. Sinon, l’espace le supporte."
        )
    if refund.failure_code:
        return REFUND_FAILURES.get(refund.failure_code, refund.failure_code)
    return _("La passerelle n’a pas encore dit si l’argent est rendu.")


def payment_word(payment: Payment) -> StateWord:
    """The state of a payment with its tone."""
    return StateWord(PAYMENT_TONES[PaymentState(payment.state)], payment.get_state_display())


def refund_word(refund: Refund) -> StateWord:
    """The state of a refund with its tone."""
    return StateWord(REFUND_TONES[RefundState(refund.state)], refund.get_state_display())


def dispute_word(dispute: GatewayDispute) -> StateWord:
    """The state of a dispute with its tone."""
    return StateWord(DISPUTE_TONES[DisputeState(dispute.state)], dispute.get_state_display())


def dispute_explanation(dispute: GatewayDispute) -> list[Words]:
    """What staff are told of a dispute: the bank's reason, and what comes next."""
    told: list[Words] = [DISPUTE_REASONS.get(dispute.reason, dispute.reason)]
    if dispute.state == DisputeState.LOST:
        told.append(_("La somme a quitté la passerelle. Décidez qui la supporte."))
    elif dispute.due_by is not None:
        told.append(
            _("Répondez à la banque depuis la passerelle avant le %(day)s.")
            % {"day": when_short(dispute.due_by)}
        )
    return told


def delivery_word(delivery: GatewayDelivery) -> StateWord:
    """The state of an event with its tone."""
    tone = DELIVERY_TONES.get(DeliveryState(delivery.state), "wait")
    return StateWord(tone, delivery.get_state_display())


def refusal(payment: Payment) -> Words:
    """What the buyer is told of the bank's last refusal; empty when there is none."""
    if not payment.failure_code or payment.state == PaymentState.UNKNOWN:
        return ""
    return REFUSALS.get(payment.failure_code, REFUSALS["card_declined"])


def explanation(payment: Payment) -> Words:
    """What staff are told of a payment that waits for them."""
    if payment.problem:
        return PROBLEMS.get(payment.problem, payment.problem)
    if payment.state == PaymentState.FAILED and payment.failed_charge_id:
        return _("La banque a refusé le prélèvement. Le client en est averti et peut payer autrement.")
    if payment.state == PaymentState.PROCESSING:
        return _("Le prélèvement est signé depuis longtemps et la banque n’a rien dit.")
    if payment.state == PaymentState.FAILED:
        return _("La passerelle a refusé d’ouvrir la page de paiement (%(code)s). Rien n’est débité.") % {
            "code": payment.failure_code
        }
    if payment.state == PaymentState.PENDING:
        return _("La page est ouverte depuis longtemps et la banque n’a rien dit.")
    return _("La passerelle n’a pas répondu à l’ouverture de la page.")

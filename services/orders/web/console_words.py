"""The states of a line as the operator reads them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kernel.web.states import StateWord
from services.orders.lifecycle import LineState

LINE_WORDS: dict[str, StateWord] = {
    LineState.AWAITING_PAYMENT: StateWord("wait", _("En attente de paiement")),
    LineState.AWAITING_PROVIDER: StateWord("wait", _("Attend le prestataire")),
    LineState.UNANSWERED: StateWord("act", _("À réattribuer")),
    LineState.ACCEPTED: StateWord("run", _("Acceptée")),
    LineState.IN_PROGRESS: StateWord("run", _("En cours")),
    LineState.DELIVERED: StateWord("wait", _("Attend le client")),
    LineState.CHANGES_REQUESTED: StateWord("run", _("En correction")),
    LineState.DISPUTED: StateWord("act", _("À trancher")),
    LineState.APPROVED: StateWord("done", _("Validée")),
    LineState.CLOSED: StateWord("done", _("Clôturée")),
    LineState.LAPSED: StateWord("wait", _("Jamais payée")),
    LineState.DECLINED: StateWord("act", _("Déclinée, à réattribuer")),
    LineState.CANCELLED: StateWord("wait", _("Annulée")),
    LineState.REFUNDED: StateWord("wait", _("Remboursée")),
}

TRANSITION_WORDS = {
    "order": _("Commandée"),
    "pay": _("Payée"),
    "pay_late": _("Payée en retard"),
    "refund_late": _("Payée en retard, rendue"),
    "lapse": _("Délai de paiement dépassé"),
    "accept": _("Acceptée"),
    "decline": _("Déclinée"),
    "time_out": _("Sans réponse"),
    "reassign": _("Réattribuée"),
    "give_back": _("Remboursement décidé"),
    "refund_after": _("Remboursée après validation"),
    "start": _("Démarrée"),
    "deliver": _("Livrée"),
    "request_changes": _("Corrections demandées"),
    "go_on": _("Étape suivante"),
    "approve": _("Validée"),
    "cancel": _("Annulée"),
    "cancel_rest": _("Reste annulé"),
    "close": _("Clôturée"),
    "dispute": _("Litige ouvert"),
    "resume_accepted": _("Litige retiré"),
    "resume_work": _("Litige retiré"),
    "resume_review": _("Litige retiré"),
    "resume_changes": _("Litige retiré"),
    "resume_approved": _("Litige retiré"),
    "decide_approved": _("Litige tranché"),
    "decide_refunded": _("Litige tranché, remboursée"),
    "decide": _("Retenue par la décision"),
}
ROLE_WORDS = {
    "business": _("Client"),
    "provider": _("Prestataire"),
    "operator": _("Opérateur"),
    "clock": _("Échéance"),
    "billing": _("Banque"),
}

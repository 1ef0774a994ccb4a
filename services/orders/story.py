"""The timeline of a line as people read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from services.orders.models import TimelineEntry

TITLES = {
    "order": _("Commandée"),
    "pay": _("Payée et envoyée au prestataire"),
    "pay_late": _("Payée en retard, envoyée au prestataire"),
    "refund_late": _("Payée trop tard, remboursement lancé"),
    "lapse": _("Délai de paiement dépassé"),
    "accept": _("Acceptée"),
    "decline": _("Déclinée"),
    "time_out": _("Restée sans réponse"),
    "reassign": _("Confiée à un autre prestataire"),
    "give_back": _("Remboursement lancé"),
    "start": _("Démarrée"),
    "deliver": _("Livrée"),
    "request_changes": _("Corrections demandées"),
    "go_on": _("Étape suivante"),
    "approve": _("Livraison validée"),
    "cancel": _("Annulée"),
    "cancel_rest": _("Reste annulé, étapes validées conservées"),
    "refund_after": _("Remboursée après validation"),
    "close": _("Terminée"),
    "dispute": _("Litige ouvert"),
    "resume_accepted": _("Litige retiré"),
    "resume_work": _("Litige retiré"),
    "resume_review": _("Litige retiré"),
    "resume_changes": _("Litige retiré"),
    "resume_approved": _("Litige retiré"),
    "decide_approved": _("Litige tranché"),
    "decide_refunded": _("Litige tranché, prestation remboursée"),
    "decide": _("Étape retenue par la décision"),
}
TONES = {
    "pay": "run", "pay_late": "run", "accept": "run", "start": "run", "deliver": "act",
    "request_changes": "act", "approve": "done", "close": "done", "decline": "bad",
    "time_out": "bad", "lapse": "bad",
    "reassign": "run", "dispute": "bad", "decide_approved": "done", "decide_refunded": "done",
}  # fmt: skip
ICONS = {
    "order": "shopping-cart", "pay": "credit-card", "accept": "check", "decline": "x",
    "time_out": "clock-exclamation", "start": "player-play",
    "deliver": "package", "request_changes": "refresh", "approve": "circle-check", "cancel": "ban",
    "reassign": "refresh", "give_back": "receipt-refund", "refund_late": "receipt-refund",
    "dispute": "alert-triangle", "decide_approved": "scale", "decide_refunded": "scale",
    "refund_after": "receipt-refund", "close": "flag", "lapse": "clock",
}  # fmt: skip
WHO = {"operator": _("L’équipe"), "clock": _("Échéance"), "billing": _("Banque")}
# Where a line has several milestones, theirs are the rows that say more.
_TOLD_BY_MILESTONES = {"deliver", "request_changes", "go_on"}


def shown_timeline(entries: Iterable[TimelineEntry], *, parts: int) -> list[dict[str, Any]]:
    """Rows for the timeline component: each thing once, told by the line or by its milestone."""
    return [_shown(entry) for entry in entries if _is_told(entry, parts)]


def _is_told(entry: TimelineEntry, parts: int) -> bool:
    if entry.milestone_id is None:
        return parts == 1 or entry.transition not in _TOLD_BY_MILESTONES
    return parts > 1 and entry.transition not in ("start", "cancel")


def _shown(entry: TimelineEntry) -> dict[str, Any]:
    title = str(TITLES.get(entry.transition, entry.transition))
    if entry.milestone is not None:
        title = f"{entry.milestone.shown_label} · {title}"
    who = WHO.get(entry.role) or (entry.actor.get_full_name() if entry.actor else "")
    return {
        "tone": TONES.get(entry.transition, "wait"),
        "icon": ICONS.get(entry.transition, "point"),
        "title": title,
        "at": entry.at,
        "who": who,
        "text": "" if entry.role == "billing" else entry.note,
    }

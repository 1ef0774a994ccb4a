"""States as the business and the provider read them, and the sentence that says what happens next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.charges.models import Charge
from billing.payments.lifecycle import RefundState
from billing.payments.models import Refund
from kernel.web.formats import format_day, format_when
from kernel.web.states import StateWord
from services.orders.lifecycle import BUSINESS, LineState, MilestoneState
from services.orders.models import Milestone, OrderLine

BUSINESS_WORDS: dict[str, StateWord] = {
    LineState.AWAITING_PAYMENT: StateWord("act", gettext_lazy("À payer")),
    LineState.AWAITING_PROVIDER: StateWord("wait", gettext_lazy("Envoyée")),
    LineState.UNANSWERED: StateWord("wait", gettext_lazy("Sans réponse, solution en cours")),
    LineState.ACCEPTED: StateWord("run", gettext_lazy("Acceptée")),
    LineState.IN_PROGRESS: StateWord("run", gettext_lazy("En cours")),
    LineState.DELIVERED: StateWord("act", gettext_lazy("À valider")),
    LineState.CHANGES_REQUESTED: StateWord("run", gettext_lazy("Corrections demandées")),
    LineState.DISPUTED: StateWord("bad", gettext_lazy("Litige en cours")),
    LineState.APPROVED: StateWord("done", gettext_lazy("Validée")),
    LineState.CLOSED: StateWord("done", gettext_lazy("Terminée")),
    LineState.LAPSED: StateWord("wait", gettext_lazy("Délai de paiement dépassé")),
    LineState.DECLINED: StateWord("wait", gettext_lazy("Déclinée, solution en cours")),
    LineState.CANCELLED: StateWord("wait", gettext_lazy("Annulée")),
    LineState.REFUNDED: StateWord("wait", gettext_lazy("Remboursement lancé")),
}
REFUND_DONE = StateWord("done", gettext_lazy("Remboursée"))
PROVIDER_WORDS: dict[str, StateWord] = {
    LineState.AWAITING_PROVIDER: StateWord("act", gettext_lazy("À accepter")),
    LineState.UNANSWERED: StateWord("bad", gettext_lazy("Délai dépassé")),
    LineState.ACCEPTED: StateWord("act", gettext_lazy("À démarrer")),
    LineState.IN_PROGRESS: StateWord("act", gettext_lazy("À livrer")),
    LineState.DELIVERED: StateWord("wait", gettext_lazy("Attend le client")),
    LineState.CHANGES_REQUESTED: StateWord("act", gettext_lazy("À corriger")),
    LineState.DISPUTED: StateWord("bad", gettext_lazy("Litige en cours")),
    LineState.APPROVED: StateWord("done", gettext_lazy("Validée, versement prévu")),
    LineState.CLOSED: StateWord("done", gettext_lazy("Terminée")),
    LineState.DECLINED: StateWord("wait", gettext_lazy("Déclinée")),
    LineState.CANCELLED: StateWord("wait", gettext_lazy("Annulée")),
    LineState.REFUNDED: StateWord("wait", gettext_lazy("Annulée")),
}
MILESTONE_WORDS: dict[str, dict[str, StateWord]] = {
    BUSINESS: {
        MilestoneState.PENDING: StateWord("wait", gettext_lazy("À venir")),
        MilestoneState.APPROVED: BUSINESS_WORDS[LineState.APPROVED],
        MilestoneState.CANCELLED: BUSINESS_WORDS[LineState.CANCELLED],
        **{state: BUSINESS_WORDS[state] for state in ("in_progress", "delivered", "changes_requested")},
    },
    "provider": {
        MilestoneState.PENDING: StateWord("wait", gettext_lazy("À venir")),
        MilestoneState.APPROVED: PROVIDER_WORDS[LineState.APPROVED],
        MilestoneState.CANCELLED: PROVIDER_WORDS[LineState.CANCELLED],
        **{state: PROVIDER_WORDS[state] for state in ("in_progress", "delivered", "changes_requested")},
    },
}


@dataclass(frozen=True)
class NextStep:
    """What happens next on a line. ``mine`` tells whether the reader has to act."""

    sentence: str
    mine: bool
    due_at: datetime | None = None


def line_word(line: OrderLine, side: str, refunds: Iterable[Refund] = ()) -> StateWord:
    """The state of a line as ``side`` (business or provider) reads it."""
    if side != BUSINESS:
        return PROVIDER_WORDS.get(line.state, BUSINESS_WORDS[line.state])
    if line.state == LineState.REFUNDED and _all_done(refunds):
        return REFUND_DONE
    return BUSINESS_WORDS[line.state]


def milestone_word(milestone: Milestone, side: str) -> StateWord:
    """The state of a milestone as ``side`` reads it."""
    return MILESTONE_WORDS[side if side == BUSINESS else "provider"][milestone.state]


def refund_word(refund: Refund) -> StateWord:
    """How a refund stands, for the buyer."""
    words: dict[str, tuple[str, str | Promise]] = {
        RefundState.DONE: ("done", gettext_lazy("Remboursé")),
        RefundState.FAILED: ("bad", gettext_lazy("Remboursement échoué, l’équipe s’en occupe")),
    }
    tone, word = words.get(refund.state, ("run", gettext_lazy("Remboursement lancé")))
    return StateWord(tone, word)


def next_step_for_business(line: OrderLine, charge: Charge, milestone: Milestone | None = None) -> NextStep:
    """What happens next on a line, and who has to act, in a sentence to its buyer."""
    who = {"provider": line.provider.display_name}
    label = milestone.shown_label if milestone else line.shown_title
    match line.state:
        case LineState.AWAITING_PAYMENT:
            return NextStep(_pay_until(charge), True, charge.expires_at)
        case LineState.AWAITING_PROVIDER:
            until = format_when(line.due_at) if line.due_at else ""
            said = _("%(provider)s vous répond avant le %(until)s.") % {**who, "until": until}
        case LineState.ACCEPTED:
            said = _("%(provider)s démarre la prestation et la livre au plus tard le %(day)s.") % {
                **who,
                "day": format_day(line.promised_on) if line.promised_on else "",
            }
        case LineState.IN_PROGRESS:
            said = _("%(provider)s prépare « %(label)s », livraison au plus tard le %(day)s.") % {
                **who,
                "label": label,
                "day": format_day(line.promised_on) if line.promised_on else "",
            }
        case LineState.DELIVERED:
            until = format_day(line.due_at) if line.due_at else ""
            if line.rounds_left:
                said = _(
                    "À vous de valider « %(label)s » ou de demander des corrections, avant le %(until)s."
                )
            else:
                said = _("À vous de valider « %(label)s » avant le %(until)s.")
            return NextStep(said % {"label": label, "until": until}, True, line.due_at)
        case LineState.CHANGES_REQUESTED:
            said = _("%(provider)s corrige « %(label)s » et livre de nouveau.") % {**who, "label": label}
        case LineState.DECLINED | LineState.UNANSWERED | LineState.DISPUTED:
            said = _with_the_team(line, who)
        case _:
            said = _ended_for_business(line, charge)
    return NextStep(said, False, line.due_at)


def _with_the_team(line: OrderLine, who: dict[str, str]) -> str:
    if line.state == LineState.DISPUTED:
        return _("L’équipe examine le litige et tranche. Vous recevez sa décision par e-mail.")
    said = (
        _(
            "%(provider)s n’a pas répondu à temps. L’équipe cherche un autre prestataire ou vous rembourse, "
            "vous n’avez rien à faire."
        )
        if line.state == LineState.UNANSWERED
        else _(
            "%(provider)s a décliné. L’équipe cherche un autre prestataire ou vous rembourse, "
            "vous n’avez rien à faire."
        )
    )
    return said % who


def _pay_until(charge: Charge) -> str:
    if charge.expires_at is None:
        return _("À vous de payer.")
    return _("À vous de payer avant le %(until)s, pour que la commande parte aux prestataires.") % {
        "until": format_when(charge.expires_at)
    }


def _ended_for_business(line: OrderLine, charge: Charge) -> str:
    match line.state:
        case LineState.APPROVED:
            return _("Vous avez validé la prestation. %(provider)s est payé.") % {
                "provider": line.provider.display_name
            }
        case LineState.CLOSED:
            return _("La prestation est terminée.")
        case LineState.LAPSED:
            return _("Le paiement n’est pas arrivé à temps. Les services sont de nouveau dans votre panier.")
        case LineState.CANCELLED if charge.paid_at is None:
            return _("La prestation est annulée. Rien n’a été débité.")
        case LineState.CANCELLED | LineState.REFUNDED:
            return _(
                "La prestation est annulée et remboursée. La banque crédite votre compte sous dix jours."
            )
    return ""


def next_step_for_provider(line: OrderLine, milestone: Milestone | None = None) -> NextStep:
    """What the provider does next on a line, in a sentence."""
    label = milestone.shown_label if milestone else line.shown_title
    mine = True
    match line.state:
        case LineState.AWAITING_PROVIDER:
            said = _("Acceptez ou déclinez la prestation.")
        case LineState.ACCEPTED:
            said = _("Démarrez la prestation.")
        case LineState.IN_PROGRESS:
            said = _("Livrez « %(label)s ».") % {"label": label}
        case LineState.CHANGES_REQUESTED:
            said = _("Corrigez « %(label)s » et livrez de nouveau.") % {"label": label}
        case LineState.DELIVERED:
            said, mine = (
                _("Le client valide « %(label)s » ou demande des corrections.") % {"label": label},
                False,
            )
        case LineState.APPROVED | LineState.CLOSED:
            said, mine = _("La prestation est validée. Le versement suit."), False
        case LineState.UNANSWERED:
            said, mine = _("Vous n’avez pas répondu à temps. L’équipe cherche une solution."), False
        case LineState.DISPUTED:
            said, mine = _("Le client a ouvert un litige. Dites votre version à l’équipe par message."), False
        case LineState.DECLINED:
            said, mine = _("Vous avez décliné. L’équipe rembourse le client."), False
        case _:
            said, mine = _("La prestation est annulée. Il n’y a plus rien à faire."), False
    return NextStep(said, mine, line.due_at)


def _all_done(refunds: Iterable[Refund]) -> bool:
    known = list(refunds)
    return bool(known) and all(refund.state == RefundState.DONE for refund in known)

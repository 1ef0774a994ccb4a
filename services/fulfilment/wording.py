"""What a provider's lists and pages say: the act that a line waits for, and where the money of a part is."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from billing.payouts.models import Payout
from billing.payouts.web.words import payout_word
from kernel.web.formats import format_day_of_year
from kernel.web.states import StateWord
from services.orders.lifecycle import PROVIDER, LineState, MilestoneState
from services.orders.models import Milestone, OrderLine
from services.orders.wording import milestone_word

ANSWER, LATE, THIS_WEEK, LATER, CLIENT = range(5)
# The groups of a provider's first page, in their order.
URGENCIES: dict[int, str | Promise] = {
    ANSWER: gettext_lazy("À accepter ou à décliner"),
    LATE: gettext_lazy("En retard"),
    THIS_WEEK: gettext_lazy("Cette semaine"),
    LATER: gettext_lazy("Ensuite"),
    CLIENT: gettext_lazy("Chez le client"),
}
HELD = StateWord("wait", gettext_lazy("Retenu jusqu’à validation"), "lock")
GIVEN_BACK = StateWord("wait", gettext_lazy("Rien à verser"), "ban")
APPROVED = StateWord("done", gettext_lazy("Validée"))


def act_of(line: OrderLine, milestone: Milestone | None) -> str:
    """The act that a line waits for, as a provider's list begins its row; empty when there is none."""
    label = milestone.shown_label if milestone else line.shown_title
    match line.state:
        case LineState.AWAITING_PROVIDER:
            return _("Accepter ou décliner")
        case LineState.ACCEPTED:
            return _("Démarrer")
        case LineState.IN_PROGRESS:
            return _("Livrer « %(label)s »") % {"label": label}
        case LineState.CHANGES_REQUESTED:
            return _("Corriger « %(label)s »") % {"label": label}
        case LineState.DELIVERED if line.due_at:
            return _("Le client a jusqu’au %(day)s pour valider « %(label)s »") % {
                "day": format_day_of_year(line.due_at),
                "label": label,
            }
    return ""


def part_word(milestone: Milestone) -> StateWord:
    """The state of a milestone beside its payout, which says itself where the money is."""
    if milestone.state == MilestoneState.APPROVED:
        return APPROVED
    return milestone_word(milestone, PROVIDER)


def money_word(due: bool, payout: Payout | None) -> StateWord:
    """Where the money of a milestone is: held, on its way, sent, or given back to the client."""
    if payout is not None:
        return payout_word(payout)
    return HELD if due else GIVEN_BACK

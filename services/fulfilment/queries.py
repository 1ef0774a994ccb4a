"""One line as its provider's page shows it, and the messages of lines; a fixed number of statements each."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from billing.charges.lifecycle import ReleaseState
from billing.charges.queries import ReleaseAmounts, item_amounts
from billing.payouts.models import Payout
from billing.payouts.queries import payouts_of_item
from kernel.web.states import StateWord
from services.fulfilment.deadlines import days_left
from services.fulfilment.models import Deliverable, Message
from services.fulfilment.wording import money_word, part_word
from services.orders.lifecycle import LINE, PROVIDER, PROVIDER_ACTS, LineState
from services.orders.models import Dispute, Milestone, OrderLine, TimelineEntry
from services.orders.queries import disputes_of
from services.orders.story import shown_timeline
from services.orders.transitions import current_milestone, promised_on
from services.orders.wording import NextStep, line_word, next_step_for_provider
from tenants.calendar.working_days import working_days

# What a provider hears of begins with the payment.
BEFORE_PAYMENT = ("order", "lapse")
# Nothing is due for these, even while their money is still on its way back.
FALLEN = (LineState.DECLINED, LineState.UNANSWERED, LineState.CANCELLED, LineState.REFUNDED)


@dataclass(frozen=True)
class WorkPart:
    """A milestone as its provider's page shows it: its net, where that money is, what was delivered.

    ``due`` tells whether it brings money, now or later; ``payout`` is there from the approval on.
    """

    milestone: Milestone
    word: StateWord
    amounts: ReleaseAmounts
    due: bool
    money: StateWord
    payout: Payout | None
    deliverables: list[Deliverable]


@dataclass
class LineWork:
    """A line as its provider's page shows it; amounts in cents are those of the parts not given back.

    ``promised_if_accepted`` is the date that accepting now promises, None once it was answered; ``asked`` is
    what the client wants changed, while it is to be changed.
    """

    line: OrderLine
    word: StateWord
    next_step: NextStep
    days_left: int | None
    parts: list[WorkPart]
    current: Milestone | None
    prepared: list[Deliverable]
    actions: set[str]
    promised_if_accepted: date | None
    asked: str
    timeline: list[dict[str, Any]]
    messages: list[Message]
    dispute: Dispute | None

    @property
    def quantity(self) -> Decimal:
        """How many units were ordered."""
        return Decimal(self.line.offer["quantity"])

    @property
    def excl_cents(self) -> int:
        """The price before VAT."""
        return sum(part.amounts.excl_cents for part in self._due)

    @property
    def vat_cents(self) -> int:
        """The VAT of the price."""
        return sum(part.amounts.vat_cents for part in self._due)

    @property
    def commission_cents(self) -> int:
        """What the operator keeps, incl. VAT."""
        return sum(part.amounts.commission_incl_cents for part in self._due)

    @property
    def net_cents(self) -> int:
        """What the provider gets: price less commission, both incl. VAT."""
        return sum(part.amounts.net_cents for part in self._due)

    @property
    def _due(self) -> list[WorkPart]:
        return [part for part in self.parts if part.due]


def line_work(line: OrderLine) -> LineWork:
    """One line for its provider, who got it by `get_line_for`."""
    milestones = list(line.milestones.all())
    current = current_milestone(milestones)
    releases = item_amounts([line.key])[line.key].releases
    payouts = payouts_of_item(line.key)
    entries = list(
        TimelineEntry.objects.filter(line=line)
        .exclude(transition__in=BEFORE_PAYMENT)
        .select_related("actor", "milestone")
        .order_by("at", "id")
    )
    now = timezone.now()
    return LineWork(
        line=line,
        word=line_word(line, PROVIDER),
        next_step=next_step_for_provider(line, current),
        days_left=days_left(line.due_at, working_days(), now) if line.state in PROVIDER_ACTS else None,
        parts=[_part(line, part, releases[part.key], payouts.get(part.key)) for part in milestones],
        current=current,
        prepared=[
            deliverable
            for part in milestones
            for deliverable in part.deliverables.all()
            if deliverable.delivered_at is None
        ],
        actions={row.name for row in LINE.actions_for(line, PROVIDER)},
        promised_if_accepted=promised_on(now, int(line.offer["lead_time_days"]))
        if line.state == LineState.AWAITING_PROVIDER
        else None,
        asked=_last_request(entries) if line.state == LineState.CHANGES_REQUESTED else "",
        timeline=shown_timeline(entries, parts=len(milestones)),
        messages=messages_of([line.pk]).get(line.pk, []),
        dispute=disputes_of([line]).get(line.pk),
    )


def messages_of(line_ids: Iterable[int]) -> dict[int, list[Message]]:
    """Messages by line, oldest first, in one statement."""
    found: dict[int, list[Message]] = {}
    rows = Message.objects.filter(line__in=list(line_ids)).select_related("author").order_by("at", "id")
    for message in rows:
        found.setdefault(message.line_id, []).append(message)
    return found


def _part(line: OrderLine, part: Milestone, amounts: ReleaseAmounts, payout: Payout | None) -> WorkPart:
    due = is_due(line, amounts)
    return WorkPart(
        milestone=part,
        word=part_word(part),
        amounts=amounts,
        due=due,
        money=money_word(due, payout),
        payout=payout,
        deliverables=[given for given in part.deliverables.all() if given.delivered_at is not None],
    )


def is_due(line: OrderLine, release: ReleaseAmounts) -> bool:
    """Whether a part brings its provider money, now or when it is approved."""
    if release.state == ReleaseState.RELEASED:
        return True
    return release.state != ReleaseState.CANCELLED and line.state not in FALLEN


def _last_request(entries: Iterable[TimelineEntry]) -> str:
    """What the client wrote when asking for changes the last time."""
    notes = [entry.note for entry in entries if entry.transition == "request_changes" and entry.note]
    return notes[-1] if notes else ""

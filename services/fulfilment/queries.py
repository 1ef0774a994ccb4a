"""What can be asked about the work on lines; each page is one function with a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Prefetch, Q
from django.utils import timezone

from billing.charges.queries import ItemAmounts, item_amounts
from billing.payouts.queries import SellerMoney, can_be_paid, money_of
from kernel.web.states import StateWord
from services.fulfilment.models import Deliverable, Message
from services.orders.lifecycle import LINE, PROVIDER, PROVIDER_ACTS, LineState
from services.orders.models import Milestone, OrderLine, TimelineEntry
from services.orders.models.lines import OrderLineQuerySet
from services.orders.story import shown_timeline
from services.orders.transitions import current_milestone
from services.orders.wording import NextStep, line_word, milestone_word, next_step_for_provider
from tenants.calendar.working_days import WorkingDays, working_days
from tenants.parties.models import Party

PAGE_SIZE = 25
# What a provider hears of begins with the payment.
BEFORE_PAYMENT = ("order", "lapse")
WAITING = (LineState.DELIVERED,)
DONE = (
    LineState.APPROVED,
    LineState.CLOSED,
    LineState.DECLINED,
    LineState.CANCELLED,
    LineState.REFUNDED,
)
# What the list of a provider's lines can be narrowed to.
FILTERS: dict[str, tuple[str, ...]] = {
    "a-faire": PROVIDER_ACTS,
    "attend-le-client": WAITING,
    "terminees": DONE,
}


@dataclass
class WorkRow:
    """A line in a provider's list; ``net_cents`` is what is not cancelled, less the commission."""

    line: OrderLine
    word: StateWord
    next_step: NextStep
    net_cents: int
    days_left: int | None


@dataclass
class Inbox:
    """A provider's first page: what to do, in the order of its deadlines, and the money that comes."""

    page: Page[OrderLine]
    rows: list[WorkRow]
    waiting: int
    next_due_at: datetime | None
    money: SellerMoney
    payouts_blocked: bool


@dataclass(frozen=True)
class WorkPart:
    """A milestone as its provider's page shows it; ``net_cents`` is what it brings."""

    milestone: Milestone
    word: StateWord
    net_cents: int
    deliverables: list[Deliverable]


@dataclass
class LineWork:
    """A line as its provider's page shows it."""

    line: OrderLine
    word: StateWord
    next_step: NextStep
    days_left: int | None
    amounts: ItemAmounts
    milestones: list[Milestone]
    parts: list[WorkPart]
    current: Milestone | None
    prepared: list[Deliverable]
    actions: set[str]
    timeline: list[dict[str, Any]]
    messages: list[Message]

    @property
    def commission_cents(self) -> int:
        """What the operator keeps of all parts, incl. VAT."""
        return self.amounts.commission_excl_cents + self.amounts.commission_vat_cents


def provider_inbox(party: Party, *, page: int | str | None = 1) -> Inbox:
    """What waits for a provider, the most urgent first."""
    mine = OrderLine.objects.of_provider([party.pk])
    lines = _listed(mine.provider_acts()).order_by("due_at", "id")
    found = Paginator(lines, PAGE_SIZE).get_page(page)
    waiting = mine.filter(state__in=WAITING).order_by("due_at")
    first = waiting.values_list("due_at", flat=True).first()
    return Inbox(
        page=found,
        rows=_rows(found.object_list),
        waiting=waiting.count(),
        next_due_at=first,
        money=money_of(party),
        payouts_blocked=not can_be_paid(party),
    )


def lines_of(
    party: Party, *, narrowed: str = "", query: str = "", page: int | str | None = 1
) -> tuple[Page[OrderLine], list[WorkRow]]:
    """A provider's lines, newest first; ``narrowed`` is a key of FILTERS, ``query`` a number, name, title."""
    lines = OrderLine.objects.of_provider([party.pk])
    if narrowed in FILTERS:
        lines = lines.filter(state__in=FILTERS[narrowed])
    if query:
        lines = lines.filter(
            Q(key__istartswith=query)
            | Q(title__icontains=query)
            | Q(order__buyer__legal_name__icontains=query)
            | Q(order__buyer__trade_name__icontains=query)
        )
    found = Paginator(_listed(lines).order_by("-id"), PAGE_SIZE).get_page(page)
    return found, _rows(found.object_list)


def counts_by_filter(party: Party) -> dict[str, int]:
    """How many lines each filter finds; one statement."""
    sums = {
        name.replace("-", "_"): Count("pk", filter=Q(state__in=states)) for name, states in FILTERS.items()
    }
    found = OrderLine.objects.of_provider([party.pk]).aggregate(all=Count("pk"), **sums)
    return {"": found["all"], **{name: found[name.replace("-", "_")] for name in FILTERS}}


def line_work(line: OrderLine) -> LineWork:
    """One line for its provider, who got it by `get_line_for`."""
    milestones = list(line.milestones.all())
    current = current_milestone(milestones)
    amounts = item_amounts([line.key])[line.key]
    deliverables = [deliverable for part in milestones for deliverable in part.deliverables.all()]
    entries = TimelineEntry.objects.filter(line=line).exclude(transition__in=BEFORE_PAYMENT)
    return LineWork(
        line=line,
        word=line_word(line, PROVIDER),
        next_step=next_step_for_provider(line, current),
        days_left=_days_left(line.due_at, working_days(), timezone.now()),
        amounts=amounts,
        milestones=milestones,
        parts=[
            WorkPart(
                milestone=part,
                word=milestone_word(part, PROVIDER),
                net_cents=amounts.releases[part.key].net_cents,
                deliverables=[given for given in part.deliverables.all() if given.delivered_at is not None],
            )
            for part in milestones
        ],
        current=current,
        prepared=[deliverable for deliverable in deliverables if deliverable.delivered_at is None],
        actions={row.name for row in LINE.actions_for(line, PROVIDER)},
        timeline=shown_timeline(
            entries.select_related("actor", "milestone").order_by("at", "id"), parts=len(milestones)
        ),
        messages=messages_of([line.pk]).get(line.pk, []),
    )


def messages_of(line_ids: Iterable[int]) -> dict[int, list[Message]]:
    """Messages by line, oldest first, in one statement."""
    found: dict[int, list[Message]] = {}
    rows = Message.objects.filter(line__in=list(line_ids)).select_related("author").order_by("at", "id")
    for message in rows:
        found.setdefault(message.line_id, []).append(message)
    return found


def _listed(lines: OrderLineQuerySet) -> OrderLineQuerySet:
    return lines.select_related("order__buyer", "provider").prefetch_related(
        Prefetch("milestones", Milestone.objects.order_by("position"))
    )


def _rows(lines: Iterable[OrderLine]) -> list[WorkRow]:
    found = list(lines)
    amounts = item_amounts(line.key for line in found)
    calendar = working_days()
    now = timezone.now()
    return [
        WorkRow(
            line=line,
            word=line_word(line, PROVIDER),
            next_step=next_step_for_provider(line, current_milestone(list(line.milestones.all()))),
            net_cents=sum(
                release.net_cents
                for release in amounts[line.key].releases.values()
                if release.state != "cancelled"
            ),
            days_left=_days_left(line.due_at, calendar, now),
        )
        for line in found
    ]


def _days_left(due_at: datetime | None, calendar: WorkingDays, now: datetime) -> int | None:
    """Working days until a deadline: 0 is today, negative is late; None without a deadline."""
    if due_at is None:
        return None
    today, day = now.astimezone(calendar.zone).date(), due_at.astimezone(calendar.zone).date()
    if day == today:
        return 0 if due_at >= now else -1
    first, last = min(today, day), max(today, day)
    steps = sum(
        calendar.is_working_day(first + timedelta(days=ahead)) for ahead in range(1, (last - first).days + 1)
    )
    return steps if day > today else -max(1, steps)

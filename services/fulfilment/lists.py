"""A provider's lines: what to do first, and the list that is narrowed and searched."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Case, Count, IntegerField, Prefetch, Q, Value, When
from django.utils import timezone

from billing.charges.queries import ItemAmounts, item_amounts
from billing.payouts.queries import SellerMoney, can_be_paid, money_of
from kernel.web.states import StateWord
from services.fulfilment.deadlines import days_left, next_monday
from services.fulfilment.queries import FALLEN, is_due
from services.fulfilment.wording import ANSWER, CLIENT, LATE, LATER, THIS_WEEK, URGENCIES, act_of
from services.orders.lifecycle import PROVIDER, PROVIDER_ACTS, LineState
from services.orders.models import Milestone, OrderLine
from services.orders.models.lines import OrderLineQuerySet
from services.orders.transitions import current_milestone
from services.orders.wording import line_word
from tenants.calendar.working_days import WorkingDays, working_days
from tenants.parties.models import Party

PAGE_SIZE = 25
WAITING = (LineState.DELIVERED,)
# What the list of a provider's lines can be narrowed to.
FILTERS: dict[str, tuple[str, ...]] = {
    "a-faire": PROVIDER_ACTS,
    "a-accepter": (LineState.AWAITING_PROVIDER,),
    "a-demarrer": (LineState.ACCEPTED,),
    "a-livrer": (LineState.IN_PROGRESS, LineState.CHANGES_REQUESTED),
    "attend-le-client": WAITING,
    "litiges": (LineState.DISPUTED,),
    "validees": (LineState.APPROVED, LineState.CLOSED),
    "annulees": FALLEN,
}


@dataclass
class WorkRow:
    """A line in a provider's list; ``net_cents`` is what it brings, None when it brings nothing any more."""

    line: OrderLine
    word: StateWord
    act: str
    mine: bool
    net_cents: int | None
    days_left: int | None


@dataclass
class Urgency:
    """Rows of the first page that are as urgent as each other."""

    title: str
    rows: list[WorkRow]


@dataclass
class Inbox:
    """A provider's first page: what to do, the most urgent first, and the money that comes.

    ``idle`` tells that nothing waits for the provider; ``next_due_at`` is then when a client should answer.
    """

    page: Page[Any]
    groups: list[Urgency]
    idle: bool
    next_due_at: datetime | None
    money: SellerMoney
    payouts_blocked: bool

    @property
    def rows(self) -> list[WorkRow]:
        """All rows in their order."""
        return [row for group in self.groups for row in group.rows]


def provider_inbox(party: Party, *, page: int | str | None = 1, now: datetime | None = None) -> Inbox:
    """What waits for a provider: answers, what is late, what is due this week, the rest, then the client."""
    calendar = working_days()
    now = now or timezone.now()
    rank = Case(
        When(state=LineState.AWAITING_PROVIDER, then=Value(ANSWER)),
        When(state__in=WAITING, then=Value(CLIENT)),
        When(due_at__lt=now, then=Value(LATE)),
        When(due_at__lt=next_monday(now, calendar), then=Value(THIS_WEEK)),
        default=Value(LATER),
        output_field=IntegerField(),
    )
    mine = OrderLine.objects.of_provider([party.pk]).filter(state__in=[*PROVIDER_ACTS, *WAITING])
    lines = _listed(mine).annotate(urgency=rank).order_by("urgency", "due_at", "id")
    found = Paginator(lines, PAGE_SIZE).get_page(page)
    grouped: dict[int, list[WorkRow]] = {}
    for row in _rows(found.object_list, calendar, now):
        grouped.setdefault(row.line.urgency, []).append(row)  # type: ignore[attr-defined]
    first = found.object_list[0] if grouped else None
    return Inbox(
        page=found,
        groups=[Urgency(str(URGENCIES[urgency]), rows) for urgency, rows in grouped.items()],
        idle=found.number == 1 and set(grouped) <= {CLIENT},
        next_due_at=first.due_at if first else None,
        money=money_of(party),
        payouts_blocked=not can_be_paid(party),
    )


def lines_of(
    party: Party, *, narrowed: str = "", query: str = "", page: int | str | None = 1
) -> tuple[Page[OrderLine], list[WorkRow]]:
    """A provider's lines, newest first; ``narrowed`` is a key of FILTERS, ``query`` a number, name, title."""
    lines = _found(party, query)
    if narrowed in FILTERS:
        lines = lines.filter(state__in=FILTERS[narrowed])
    found = Paginator(_listed(lines).order_by("-id"), PAGE_SIZE).get_page(page)
    return found, work_rows(found.object_list)


def lines_sold_by(parties: Iterable[Party]) -> OrderLineQuerySet:
    """The lines of some providers with all that `work_rows` needs, in no order yet."""
    return _listed(OrderLine.objects.of_provider([party.pk for party in parties]))


def work_rows(lines: Iterable[OrderLine]) -> list[WorkRow]:
    """Lines with what they bring and when they are due, in a fixed number of statements."""
    return _rows(lines, working_days(), timezone.now())


def counts_by_filter(party: Party, *, query: str = "") -> dict[str, int]:
    """How many lines each filter finds among those that ``query`` finds; one statement."""
    sums = {
        name.replace("-", "_"): Count("pk", filter=Q(state__in=states)) for name, states in FILTERS.items()
    }
    found = _found(party, query).aggregate(all=Count("pk"), **sums)
    return {"": found["all"], **{name: found[name.replace("-", "_")] for name in FILTERS}}


def _listed(lines: OrderLineQuerySet) -> OrderLineQuerySet:
    return lines.select_related("order__buyer", "provider").prefetch_related(
        Prefetch("milestones", Milestone.objects.order_by("position"))
    )


def _found(party: Party, query: str) -> OrderLineQuerySet:
    lines = OrderLine.objects.of_provider([party.pk])
    if not query:
        return lines
    return lines.filter(
        Q(key__icontains=query)
        | Q(title__icontains=query)
        | Q(title_en__icontains=query)
        | Q(order__buyer__legal_name__icontains=query)
        | Q(order__buyer__trade_name__icontains=query)
    )


def _rows(lines: Iterable[OrderLine], calendar: WorkingDays, now: datetime) -> list[WorkRow]:
    found = list(lines)
    amounts = item_amounts(line.key for line in found)
    return [_row(line, amounts[line.key], calendar, now) for line in found]


def _row(line: OrderLine, amounts: ItemAmounts, calendar: WorkingDays, now: datetime) -> WorkRow:
    due = [release.net_cents for release in amounts.releases.values() if is_due(line, release)]
    mine = line.state in PROVIDER_ACTS
    return WorkRow(
        line=line,
        word=line_word(line, PROVIDER),
        act=act_of(line, current_milestone(list(line.milestones.all()))),
        mine=mine,
        net_cents=sum(due) if due else None,
        days_left=days_left(line.due_at, calendar, now) if mine else None,
    )

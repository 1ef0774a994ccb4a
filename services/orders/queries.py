"""What can be asked of orders; each page is one function with a fixed number of statements."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Prefetch, QuerySet

from billing.charges.lifecycle import ChargeState, InstalmentState
from billing.charges.models import Charge, ChargeInstalment
from billing.charges.queries import ItemAmounts, VatSum, charges_for, item_amounts, vat_of
from billing.funding.queries import AidRow, aid_rows
from billing.invoicing.models import Invoice
from billing.invoicing.queries import invoices_of_releases
from billing.payments.models import Refund
from billing.payments.queries import refunds_of_items
from kernel.web.states import StateWord
from services.catalogue.models import ServiceReview
from services.orders.lifecycle import BUSINESS, BUSINESS_ACTS, LINE, DisputeState, LineState
from services.orders.models import Dispute, Milestone, Order, OrderLine, TimelineEntry
from services.orders.story import shown_timeline
from services.orders.transitions import current_milestone
from services.orders.wording import NextStep, line_word, milestone_word, next_step_for_business
from tenants.parties.models import Party

PAGE_SIZE = 20


@dataclass(frozen=True)
class PartView:
    """A milestone as its buyer's page shows it; what the provider only prepares is not in it."""

    milestone: Milestone
    word: StateWord
    incl_cents: int
    deliverables: list[Any]


@dataclass
class LineView:
    """A line as its buyer's page shows it."""

    line: OrderLine
    word: StateWord
    next_step: NextStep
    amounts: ItemAmounts
    current: Milestone | None
    parts: list[PartView]
    actions: set[str]
    refunds: list[Refund] = field(default_factory=list)
    invoices: list[Invoice] = field(default_factory=list)
    timeline: list[dict[str, Any]] = field(default_factory=list)
    messages: list[Any] = field(default_factory=list)
    message_form: Any = None
    dispute: Dispute | None = None
    """The last one that was not withdrawn."""
    review: ServiceReview | None = None
    may_be_reviewed: bool = False


@dataclass
class OrderView:
    """An order with its money, as its buyer's page shows it."""

    order: Order
    charge: Charge
    vat: list[VatSum]
    lines: list[LineView]
    next_step: NextStep | None
    aid: list[AidRow] = field(default_factory=list)
    """What each programme pays of it; empty without aid."""
    instalments: list[ChargeInstalment] = field(default_factory=list)
    """Deposit and balance; empty where all is paid at once."""

    @property
    def due(self) -> bool:
        """Whether the buyer can pay something now."""
        if self.charge.state == ChargeState.PART_PAID:
            return any(one.state == InstalmentState.DUE for one in self.instalments)
        return self.charge.state == ChargeState.AWAITING_PAYMENT


@dataclass
class OrderRow:
    """An order in the list."""

    order: Order
    charge: Charge
    lines: list[tuple[OrderLine, StateWord]]
    next_step: NextStep | None


def orders_of(party: Party, *, page: int | str | None = 1) -> tuple[Page[Order], list[OrderRow]]:
    """A buyer's orders, newest first, with who has to act on each."""
    orders = orders_bought_by([party]).order_by("-placed_at", "-id")
    found = Paginator(orders, PAGE_SIZE).get_page(page)
    return found, order_rows(found.object_list)


def orders_bought_by(parties: Iterable[Party]) -> QuerySet[Order]:
    """The orders of some buyers with all that `order_rows` needs, in no order yet."""
    return (
        Order.objects.filter(buyer__in=[party.pk for party in parties])
        .select_related("buyer")
        .prefetch_related(
            Prefetch("lines", OrderLine.objects.select_related("provider").order_by("position")),
            Prefetch("lines__milestones", Milestone.objects.order_by("position")),
        )
    )


def order_rows(orders: Iterable[Order]) -> list[OrderRow]:
    """Orders with their charges, in one statement more."""
    found = list(orders)
    charges = charges_for(order.charge_reference for order in found)
    rows = []
    for order in found:
        charge = charges[order.charge_reference]
        lines = list(order.lines.all())
        steps = [_step(line, charge) for line in lines]
        words = [(line, line_word(line, BUSINESS)) for line in lines]
        rows.append(OrderRow(order, charge, words, first_step(steps)))
    return rows


def order_view(order: Order) -> OrderView:
    """One order for its buyer: states, money, papers, timeline; statements do not grow with its lines."""
    charge = Charge.objects.get(reference=order.charge_reference)
    lines = list(order.lines.all())
    keys = [line.key for line in lines]
    amounts = item_amounts(keys)
    refunds = refunds_of_items(keys)
    invoices = _invoices(charge)
    timeline = _timeline(lines)
    disputes = disputes_of(lines)
    views = [
        LineView(
            line=line,
            word=line_word(line, BUSINESS, refunds.get(line.key, ())),
            next_step=_step(line, charge),
            amounts=amounts[line.key],
            current=current_milestone(list(line.milestones.all())),
            parts=_parts(line, amounts[line.key]),
            actions={row.name for row in LINE.actions_for(line, BUSINESS)},
            refunds=refunds.get(line.key, []),
            invoices=invoices.get(line.key, []),
            timeline=shown_timeline(timeline.get(line.pk, []), parts=len(line.milestones.all())),
            dispute=disputes.get(line.pk),
        )
        for line in lines
    ]
    return OrderView(
        order,
        charge,
        vat_of(charge),
        views,
        first_step([view.next_step for view in views]),
        aid=aid_rows(charge),
        instalments=list(charge.instalments.order_by("position")),
    )


def first_step(steps: list[NextStep]) -> NextStep | None:
    """The step to tell first: what the reader has to do, then what is due first."""
    if not steps:
        return None
    return min(steps, key=lambda step: (not step.mine, step.due_at is None, step.due_at or 0))


def _step(line: OrderLine, charge: Charge) -> NextStep:
    return next_step_for_business(line, charge, current_milestone(list(line.milestones.all())))


def _parts(line: OrderLine, amounts: ItemAmounts) -> list[PartView]:
    return [
        PartView(
            milestone=milestone,
            word=milestone_word(milestone, BUSINESS),
            incl_cents=amounts.releases[milestone.key].incl_cents,
            deliverables=[given for given in milestone.deliverables.all() if given.delivered_at is not None],
        )
        for milestone in line.milestones.all()
    ]


def _invoices(charge: Charge) -> dict[str, list[Invoice]]:
    keys = {pk: key for pk, key in charge.items.values_list("releases__pk", "key") if pk is not None}
    found: dict[str, list[Invoice]] = {}
    for release_id, invoices in invoices_of_releases(keys).items():
        mine = [invoice for invoice in invoices if invoice.kind == "sale"]
        found.setdefault(keys[release_id], []).extend(mine)
    return found


def _timeline(lines: list[OrderLine]) -> dict[int, list[TimelineEntry]]:
    found: dict[int, list[TimelineEntry]] = {}
    entries = (
        TimelineEntry.objects.filter(line__in=lines).select_related("actor", "milestone").order_by("at", "id")
    )
    for entry in entries:
        found.setdefault(entry.line_id, []).append(entry)
    return found


def orders_to_act_on(party: Party) -> int:
    """How many orders wait for their buyer."""
    return Order.objects.filter(buyer=party, lines__state__in=BUSINESS_ACTS).distinct().count()


def is_awaiting_payment(order: Order) -> bool:
    """Whether the buyer still has to pay."""
    return any(line.state == LineState.AWAITING_PAYMENT for line in order.lines.all())


def disputes_of(lines: Iterable[OrderLine]) -> dict[int, Dispute]:
    """The open or decided dispute of each line that has one, by the line's key in the database."""
    found = Dispute.objects.filter(line__in=[line.pk for line in lines]).exclude(state=DisputeState.WITHDRAWN)
    return {dispute.line_id: dispute for dispute in found.order_by("id")}

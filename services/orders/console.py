"""What the operator asks of orders: what goes wrong without anybody, all orders, one of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from billing.charges.queries import undelivered_events
from billing.payments.queries import money_alarms
from billing.payouts.queries import stuck_legs, stuck_reversals
from billing.vat_reviews.queries import waiting_count
from kernel.outbox.models import OutboxTask
from services.catalogue.models import Service, ServiceState
from services.orders.lifecycle import LineState
from services.orders.models import Order, OrderLine
from tenants.parties.models import Party, PartyRole

LATE_WORK = (LineState.ACCEPTED, LineState.IN_PROGRESS, LineState.CHANGES_REQUESTED)

OPEN = (
    LineState.AWAITING_PAYMENT,
    LineState.AWAITING_PROVIDER,
    LineState.DECLINED,
    LineState.UNANSWERED,
    LineState.DELIVERED,
    LineState.DISPUTED,
    *LATE_WORK,
)
# What the list of orders can be narrowed to: orders with a line in one of these states.
FILTERS = {
    "a-rendre": (LineState.DECLINED, LineState.UNANSWERED),
    "litiges": (LineState.DISPUTED,),
    "a-accepter": (LineState.AWAITING_PROVIDER,),
    "en-cours": (*LATE_WORK, LineState.DELIVERED),
}
ENDED_ORDERS = "terminees"


@dataclass(frozen=True)
class Board:
    """Counts of what waits for the operator; ``oldest_declined_at`` is an instant or None."""

    declined: int
    oldest_declined_at: datetime | None
    unanswered: int
    disputed: int
    late: int
    money: int
    stuck_payouts: int
    vat_to_confirm: int
    events: int
    dead_tasks: int
    services_to_review: int
    providers_to_check: int
    running: int
    placed_today: int

    @property
    def alarms(self) -> int:
        """How much goes wrong without anybody."""
        return sum(
            (
                self.declined,
                self.unanswered,
                self.disputed,
                self.late,
                self.money,
                self.stuck_payouts,
                self.vat_to_confirm,
                self.events,
                self.dead_tasks,
            )
        )


def today_board(*, now: datetime | None = None, midnight: datetime | None = None) -> Board:
    """The operator's first page, in a fixed number of statements; ``midnight`` is the tenant's."""
    at = now or timezone.now()
    lines = OrderLine.objects.aggregate(
        declined=Count("pk", filter=Q(state=LineState.DECLINED)),
        oldest_declined_at=Min("changed_at", filter=Q(state=LineState.DECLINED)),
        unanswered=Count(
            "pk",
            filter=Q(state=LineState.UNANSWERED) | Q(state=LineState.AWAITING_PROVIDER, answer_due_at__lt=at),
        ),
        disputed=Count("pk", filter=Q(state=LineState.DISPUTED)),
        late=Count("pk", filter=Q(state__in=LATE_WORK, due_at__lt=at)),
        running=Count(
            "pk", filter=Q(state__in=[*LATE_WORK, LineState.AWAITING_PROVIDER, LineState.DELIVERED])
        ),
    )
    return Board(
        **lines,
        money=money_alarms(at),
        stuck_payouts=stuck_legs().count() + stuck_reversals().count(),
        vat_to_confirm=waiting_count(),
        events=undelivered_events().count(),
        dead_tasks=OutboxTask.objects.dead().count(),
        services_to_review=Service.objects.filter(state=ServiceState.REVIEW).count(),
        providers_to_check=PartyRole.objects.filter(
            role=PartyRole.Role.PROVIDER, state=PartyRole.State.PENDING
        ).count(),
        placed_today=Order.objects.filter(placed_at__gte=midnight or at).count(),
    )


def orders_for_operator(*, query: str = "", narrowed: str = "") -> QuerySet[Order]:
    """Orders, newest first, by number, buyer, provider or title; ``narrowed`` is a key of FILTERS."""
    orders = Order.objects.select_related("buyer").prefetch_related("lines__provider")
    if narrowed in FILTERS:
        orders = orders.filter(lines__state__in=FILTERS[narrowed])
    elif narrowed == ENDED_ORDERS:
        orders = orders.exclude(lines__state__in=OPEN)
    if query:
        orders = orders.filter(
            Q(number__iexact=query)
            | Q(buyer__legal_name__icontains=query)
            | Q(buyer__trade_name__icontains=query)
            | Q(lines__title__icontains=query)
            | Q(lines__provider__legal_name__icontains=query)
            | Q(lines__provider__trade_name__icontains=query)
        )
    return orders.distinct().order_by("-placed_at", "-id")


def providers_instead(line: OrderLine) -> tuple[list[Party], list[Party]]:
    """Active providers who might take a line over: those who offer its rubric, then the others; by name."""
    rubrics = line.offer["categories"]
    offering = Service.objects.published().filter(
        Q(category__slug__in=rubrics) | Q(category__parent__slug__in=rubrics), provider=OuterRef("pk")
    )
    found = (
        Party.objects.filter(roles__role=PartyRole.Role.PROVIDER, roles__state=PartyRole.State.ACTIVE)
        .exclude(pk__in=[line.provider_id, line.order.buyer_id])
        .annotate(is_near=Exists(offering))
        .order_by("legal_name", "pk")
    )
    near: list[Party] = []
    others: list[Party] = []
    for party in found:
        (near if party.is_near else others).append(party)
    return near, others

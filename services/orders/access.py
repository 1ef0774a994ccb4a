"""Who may see an order, a line, a file; the only way for a view to hold one. Others see nothing: 404."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Prefetch
from django.http import Http404

from services.catalogue.access import DESK
from services.catalogue.models import ServiceReview
from services.catalogue.reviews import all_reviews
from services.orders.lifecycle import BUSINESS, OPERATOR, PROVIDER
from services.orders.models import IntakeFile, Milestone, Order, OrderLine
from tenants.accounts.access import is_operator, require_operator
from tenants.parties.models import Membership, Party


def get_order_for(user: Any, number: str) -> Order:
    """An order of a party that the user acts for, with its lines and their milestones. 404 otherwise."""
    order = (
        Order.objects.select_related("buyer", "placed_by")
        .prefetch_related(
            Prefetch("lines", OrderLine.objects.select_related("provider", "service").order_by("position")),
            Prefetch("lines__milestones", Milestone.objects.order_by("position")),
            "lines__milestones__deliverables",
        )
        .filter(number=number)
        .first()
    )
    if order is None or not _acts_for(user, order.buyer_id):
        raise Http404
    for line in order.lines.all():
        line.order = order
    return order


def get_bought_line_for(user: Any, number: str, position: int) -> OrderLine:
    """A line of an order of a party that the user acts for. 404 otherwise."""
    line = (
        OrderLine.objects.select_related("order__buyer", "provider", "service")
        .filter(order__number=number, position=position)
        .first()
    )
    if line is None or not _acts_for(user, line.order.buyer_id):
        raise Http404
    return line


def get_line_for(user: Any, key: str) -> OrderLine:
    """A paid line sold by a party that the user acts for: the provider's own view. 404 otherwise."""
    line = (
        OrderLine.objects.select_related("order__buyer", "provider")
        .prefetch_related(
            Prefetch("milestones", Milestone.objects.order_by("position")), "milestones__deliverables"
        )
        .filter(key=key)
        .first()
    )
    if line is None or not _acts_for(user, line.provider_id) or not _was_paid(line):
        raise Http404
    return line


def get_review_for_provider(party: Party | None, public_id: UUID) -> ServiceReview:
    """A shown review of a service of the provider one acts for. 404 otherwise."""
    reviews = ServiceReview.objects.select_related("buyer", "service").filter(hidden_at=None)
    found = reviews.filter(service__provider=party, public_id=public_id).first() if party else None
    if found is None:
        raise Http404
    return found


def get_review_for_desk(user: Any, public_id: UUID) -> ServiceReview:
    """Any review, for the operator's catalogue desk. 404 otherwise."""
    require_operator(user, DESK)
    found = all_reviews().filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def get_intake_file_for(user: Any, public_id: UUID) -> IntakeFile:
    """A file given as an answer: for both sides of its line, for the owner of its cart, for staff."""
    found = (
        IntakeFile.objects.select_related("line__order", "cart_line__cart")
        .filter(public_id=public_id)
        .first()
    )
    if found is None or not user.is_authenticated:
        raise Http404
    if found.line is not None:
        if side_of(user, found.line) is None:
            raise Http404
    elif found.cart_line is None or found.cart_line.cart.user_id != user.pk:
        raise Http404
    return found


def side_of(user: Any, line: OrderLine) -> str | None:
    """The side on which a person stands: business, provider (of a paid line), operator, or None."""
    if _acts_for(user, line.order.buyer_id):
        return BUSINESS
    if _acts_for(user, line.provider_id) and _was_paid(line):
        return PROVIDER
    return OPERATOR if is_operator(user) else None


def _acts_for(user: Any, party_id: int) -> bool:
    return bool(user.is_authenticated and Membership.objects.filter(user=user.pk, party=party_id).exists())


def _was_paid(line: OrderLine) -> bool:
    """What was cancelled or given back before its provider heard of it stays unheard of."""
    return line.answer_due_at is not None

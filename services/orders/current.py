"""The cart of a request: by person and acting party, or by the session of somebody unknown."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet, Subquery
from django.http import HttpRequest

from services.orders.models import Cart, CartLine
from services.orders.operations.carts import take_cart
from tenants.database.written import Written
from tenants.parties.acting import acting_party

SESSION_KEY = "cart"


def current_cart(request: HttpRequest) -> Cart | None:
    """The cart to show, None when nothing was ever put in; it writes nothing."""
    found = carts_of(request)
    return None if found is None else found.first()


def carts_of(request: HttpRequest) -> QuerySet[Cart] | None:
    """A query whose first row is the cart to show; None, without a statement, where there can be none."""
    if not request.user.is_authenticated:
        wanted = _session_cart(request)
        return Cart.objects.filter(public_id=wanted, user=None).order_by("pk") if wanted else None
    return _carts_of_person(*_person(request))


def cart_size(request: HttpRequest) -> int:
    """How many services are in the cart to show: one statement, none where there can be none."""
    if request.user.is_authenticated:
        return len(_LINES.rows(*_person(request)))
    carts = carts_of(request)
    return 0 if carts is None else _lines_of(carts).count()


def cart_to_change(request: HttpRequest) -> Cart:
    """The cart to put something in, made when there is none; the session remembers an anonymous one."""
    if request.user.is_authenticated:
        return take_cart(user=request.user, party=acting_party(request, "business"))
    wanted = _session_cart(request)
    cart = take_cart(user=None, party=None, public_id=wanted)
    request.session[SESSION_KEY] = str(cart.public_id)
    return cart


def _person(request: HttpRequest) -> tuple[Any, int]:
    """The numbers of a person and of the business that it acts for, 0 for none."""
    buyer = acting_party(request, "business")
    return request.user.pk, buyer.pk if buyer else 0


def _carts_of_person(user_id: int, buyer_id: int) -> QuerySet[Cart]:
    mine = Cart.objects.filter(Q(party=None) | Q(party=buyer_id), user=user_id)
    # One that was filled before the business existed waits for it.
    return mine.order_by(F("party").asc(nulls_last=True))


def _lines_of(carts: QuerySet[Cart]) -> QuerySet[CartLine]:
    return CartLine.objects.filter(cart=Subquery(carts.values("pk")[:1]), removed_at=None)


def _lines_of_person(user_id: int, buyer_id: int) -> QuerySet[Any]:
    return _lines_of(_carts_of_person(user_id, buyer_id)).order_by().values_list("pk")


_LINES = Written(_lines_of_person, -7001, -7002)


def _session_cart(request: HttpRequest) -> UUID | None:
    try:
        return UUID(str(request.session.get(SESSION_KEY, "")))
    except ValueError:
        return None

"""The cart of a request: by person and acting party, or by the session of somebody unknown."""

from __future__ import annotations

from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.http import HttpRequest

from services.orders.models import Cart
from services.orders.operations.carts import take_cart
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
    buyer = acting_party(request, "business")
    mine = Cart.objects.filter(user=request.user.pk)
    mine = mine.filter(Q(party=None) | Q(party=buyer)) if buyer else mine.filter(party=None)
    # One that was filled before the business existed waits for it.
    return mine.order_by(F("party").asc(nulls_last=True))


def cart_to_change(request: HttpRequest) -> Cart:
    """The cart to put something in, made when there is none; the session remembers an anonymous one."""
    if request.user.is_authenticated:
        return take_cart(user=request.user, party=acting_party(request, "business"))
    wanted = _session_cart(request)
    cart = take_cart(user=None, party=None, public_id=wanted)
    request.session[SESSION_KEY] = str(cart.public_id)
    return cart


def _session_cart(request: HttpRequest) -> UUID | None:
    try:
        return UUID(str(request.session.get(SESSION_KEY, "")))
    except ValueError:
        return None

"""Ordering a list of services at once, beside the cart: what programs do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from kernel.api.idempotency import KeyReused
from services.catalogue.models import Service
from services.catalogue.offers import checked_quantity
from services.orders.aid import AidedTotals, aided_totals
from services.orders.models import Cart, Order
from services.orders.operations.carts import add_to_cart, take_cart
from services.orders.operations.place import own_token, place_order
from services.orders.pricing import PricedCart, price_cart
from services.orders.terms import Terms, terms_of
from tenants.parties.models import Membership, Party


@dataclass(frozen=True)
class WantedItem:
    """One service with the choices made; ``answers`` are those of its intake form by field key."""

    service: Service
    quantity: Decimal = Decimal(1)
    options: tuple[str, ...] = ()
    answers: Mapping[str, Any] = field(default_factory=dict)


def place_items(
    *,
    items: Iterable[WantedItem],
    buyer: Party,
    user: Any,
    token: UUID,
    expected_incl_cents: int,
    terms_sha256: str,
    expected_to_pay_cents: int | None = None,
) -> Order:
    """Order these items; the same ``token`` from the same user gives the same order.

    The user's cart stays as it is. Raises KeyReused when the token ordered something else, and what
    add_to_cart and place_order raise.
    """
    wanted = list(items)
    known = _known(token, user)
    if known is None:
        try:
            return _place(
                wanted,
                buyer=buyer,
                user=user,
                token=token,
                expected_incl_cents=expected_incl_cents,
                terms_sha256=terms_sha256,
                expected_to_pay_cents=expected_to_pay_cents,
            )
        except IntegrityError:  # the same wish twice at once
            known = _known(token, user)
            if known is None:
                raise
    if known.buyer_id != buyer.pk or _choices_of(known) != sorted(map(_choice, wanted)):
        raise KeyReused
    return known


@transaction.atomic
def price_of_items(
    *, items: Iterable[WantedItem], buyer: Party, user: Any
) -> tuple[PricedCart, Terms, AidedTotals]:
    """What these items cost now, under which terms, with which aid; nothing is kept. Raises what add_to_cart
    raises."""
    cart = _cart_of(items)
    own = Membership.objects.filter(user=user).values_list("party_id", flat=True)
    priced = price_cart(cart, buyer=buyer, own_parties=set(own))
    terms = terms_of([item.offer for item in priced.items if item.offer is not None])
    totals = aided_totals(priced, buyer)
    cart.delete()
    return priced, terms, totals


@transaction.atomic
def _place(items: list[WantedItem], **wanted: Any) -> Order:
    cart = _cart_of(items)
    order = place_order(cart=cart, **wanted)
    cart.delete()
    return order


def _cart_of(items: Iterable[WantedItem]) -> Cart:
    cart = take_cart(user=None, party=None)
    for item in items:
        add_to_cart(
            cart=cart,
            service=item.service,
            quantity=item.quantity,
            options=item.options,
            answers=dict(item.answers),
        )
    return cart


def _known(token: UUID, user: Any) -> Order | None:
    return Order.objects.filter(form_token=own_token(token, user)).first()


def _choice(item: WantedItem) -> tuple[str, str, list[str], str]:
    quantity = f"{checked_quantity(item.service, item.quantity):.3f}"
    return item.service.slug, quantity, sorted(set(item.options)), _written(item.answers)


def _choices_of(order: Order) -> list[tuple[str, str, list[str], str]]:
    return sorted(
        (
            line.offer["service"],
            line.offer["quantity"],
            sorted(option["key"] for option in line.offer["options"]),
            _written(line.offer["answers"]),
        )
        for line in order.lines.all()
    )


def _written(answers: Mapping[str, Any]) -> str:
    return json.dumps(
        {key: given for key, given in answers.items() if given not in ("", [], {})}, sort_keys=True
    )

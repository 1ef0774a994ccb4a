"""Takes locks in the order of the house: charge, order, lines by key (docs/decisions/0004)."""

from __future__ import annotations

from billing.charges.models import Charge
from billing.charges.operations import lock_charge
from services.orders.errors import LineNotFound
from services.orders.models import Order, OrderLine


def lock_line(key: str) -> OrderLine:
    """A line with its order, locked until the transaction ends, for acts that touch no money.

    Raises LineNotFound.
    """
    line = (
        OrderLine.objects.select_for_update(of=("self",))
        .select_related("order__buyer", "provider")
        .filter(key=key)
        .first()
    )
    if line is None:
        raise LineNotFound()
    return line


def lock_line_and_charge(key: str) -> OrderLine:
    """A line whose charge is locked before it, for acts that move money. Raises LineNotFound."""
    return lock_line_with_charge(key)[0]


def lock_line_with_charge(key: str) -> tuple[OrderLine, Charge]:
    """The same, with the locked charge. Raises LineNotFound."""
    reference = OrderLine.objects.filter(key=key).values_list("order__charge_reference", flat=True).first()
    if reference is None:
        raise LineNotFound()
    charge = lock_charge(reference=reference)
    return lock_line(key), charge


def lock_order(reference: str) -> tuple[Order, list[OrderLine]] | None:
    """An order by its charge, with its lines, all locked; the charge is locked already. None when unknown."""
    order = (
        Order.objects.select_for_update(of=("self",))
        .select_related("buyer")
        .filter(charge_reference=reference)
        .first()
    )
    if order is None:
        return None
    lines = list(
        OrderLine.objects.select_for_update(of=("self",))
        .select_related("provider", "service")
        .filter(order=order)
        .order_by("pk")
    )
    for line in lines:
        line.order = order
    return order, lines

"""Tables of orders: carts, orders with their lines, timeline and disputes, what people were told."""

from services.orders.models.carts import Cart, CartLine
from services.orders.models.disputes import Dispute, Wanted
from services.orders.models.intake import IntakeFile
from services.orders.models.lines import Milestone, OrderLine, TimelineEntry
from services.orders.models.notices import HeardEvent, Notice
from services.orders.models.orders import AcceptedTerms, Order, OrderSequence

__all__ = [
    "AcceptedTerms",
    "Cart",
    "CartLine",
    "Dispute",
    "HeardEvent",
    "IntakeFile",
    "Milestone",
    "Notice",
    "Order",
    "OrderLine",
    "OrderSequence",
    "TimelineEntry",
    "Wanted",
]

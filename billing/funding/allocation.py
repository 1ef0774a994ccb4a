"""Who pays what of a basket: a pure computation over whole cents, the same for a cart and for an order.

Programmes are applied in their order, each on what the former left. A programme's amount is its rate on the
base, rounded once, held down by the lowest of its ceilings, and spread by largest remainder over the items,
then over each item's parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from kernel.money import allocate, round_half_up

# Under it no payment can be taken: the voucher gives way.
GATEWAY_MINIMUM_CENTS = 50
_HUNDRED = Decimal(100)


class Bound(StrEnum):
    """What held an amount down; `rate` where nothing did."""

    RATE = "rate"
    ORDER = "order"
    BUSINESS = "business"
    YEAR = "year"
    BUDGET = "budget"
    DE_MINIMIS = "de_minimis"
    GATEWAY = "gateway"


@dataclass(frozen=True)
class Part:
    """A release of an item: its price excl. and incl. VAT in cents."""

    item: str
    release: str
    excl_cents: int
    incl_cents: int


@dataclass(frozen=True)
class Ceiling:
    """The most that may be paid, in cents, and what says so."""

    bound: Bound
    cents: int


@dataclass(frozen=True)
class Ask:
    """What one programme may pay for: the items it covers, its rate, its base, its ceilings.

    ``shares_room`` marks aid that counts against the de minimis room, which all such programmes share.
    """

    programme: int
    items: frozenset[str]
    rate_percent: Decimal
    incl_vat: bool
    stackable: bool
    ceilings: tuple[Ceiling, ...]
    shares_room: bool = False
    own_room_cents: int = 0
    """Of the room that was taken already, what this programme's own grant holds."""


@dataclass(frozen=True)
class Granted:
    """What one programme pays: cents by part, in the order of the parts, and what held it down."""

    programme: int
    cents: int
    bound: Bound
    parts: tuple[int, ...]


@dataclass
class _Basket:
    """What is paid of each part so far, and by which programmes each item is helped."""

    parts: Sequence[Part]
    paid: list[int] = field(default_factory=list)
    closed: set[str] = field(default_factory=set)
    helped: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.paid = [0] * len(self.parts)

    def weights(self, ask: Ask) -> list[int]:
        """The base that is left of each part for a programme; 0 where it may not help."""
        return [
            max(0, (part.incl_cents if ask.incl_vat else part.excl_cents) - paid)
            if self.opens(ask, part)
            else 0
            for part, paid in zip(self.parts, self.paid, strict=True)
        ]

    def opens(self, ask: Ask, part: Part) -> bool:
        """Whether the item may be helped by this programme beside those before it."""
        if part.item not in ask.items or part.item in self.closed:
            return False
        return ask.stackable or part.item not in self.helped

    def take(self, ask: Ask, spread: Sequence[int]) -> None:
        for place, (part, cents) in enumerate(zip(self.parts, spread, strict=True)):
            self.paid[place] += cents
            if cents:
                self.helped.add(part.item)
                if not ask.stackable:
                    self.closed.add(part.item)


def allocate_funding(
    parts: Sequence[Part], asks: Sequence[Ask], *, deminimis_room_cents: int | None = None
) -> list[Granted]:
    """What each programme pays, in the order of ``asks``; never more than the price or a ceiling.

    ``deminimis_room_cents`` None says that no room limits. If what is left to pay lies under the
    gateway's minimum, the last voucher gives way by as much.
    """
    granted = _round(parts, asks, deminimis_room_cents, {})
    missing = _missing_to_pay(parts, granted)
    limits: dict[int, int] = {}
    for given in reversed(granted):
        if missing <= 0:
            break
        less = min(missing, given.cents)
        limits[given.programme] = given.cents - less
        missing -= less
    return _round(parts, asks, deminimis_room_cents, limits) if limits else granted


def _round(
    parts: Sequence[Part], asks: Sequence[Ask], room: int | None, limits: dict[int, int]
) -> list[Granted]:
    basket, granted = _Basket(parts), []
    for ask in asks:
        ceilings = list(ask.ceilings)
        if ask.shares_room and room is not None:
            ceilings.append(Ceiling(Bound.DE_MINIMIS, room + ask.own_room_cents))
        if ask.programme in limits:
            ceilings.insert(0, Ceiling(Bound.GATEWAY, limits[ask.programme]))
        weights = basket.weights(ask)
        cents, bound = _amount(sum(weights), ask.rate_percent, ceilings)
        spread = _spread(cents, parts, weights)
        basket.take(ask, spread)
        if ask.shares_room and room is not None:
            room -= max(0, cents - ask.own_room_cents)
        granted.append(Granted(ask.programme, cents, bound, tuple(spread)))
    return granted


def _amount(base_cents: int, rate: Decimal, ceilings: Sequence[Ceiling]) -> tuple[int, Bound]:
    cents, bound = round_half_up(Decimal(base_cents) * rate / _HUNDRED), Bound.RATE
    for ceiling in ceilings:
        if max(0, ceiling.cents) < cents:
            cents, bound = max(0, ceiling.cents), ceiling.bound
    return cents, bound


def _spread(cents: int, parts: Sequence[Part], weights: Sequence[int]) -> list[int]:
    """By largest remainder over the items, then over each item's parts."""
    spread = [0] * len(parts)
    places: dict[str, list[int]] = {}
    for place, part in enumerate(parts):
        places.setdefault(part.item, []).append(place)
    if not cents:
        return spread
    by_item = allocate(cents, [sum(weights[place] for place in found) for found in places.values()])
    for found, share in zip(places.values(), by_item, strict=True):
        if share:
            for place, part_share in zip(found, allocate(share, [weights[p] for p in found]), strict=True):
                spread[place] = part_share
    return spread


def _missing_to_pay(parts: Sequence[Part], granted: Sequence[Granted]) -> int:
    left = sum(part.incl_cents for part in parts) - sum(given.cents for given in granted)
    return GATEWAY_MINIMUM_CENTS - left if 0 < left < GATEWAY_MINIMUM_CENTS else 0

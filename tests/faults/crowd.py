"""Shoppers of a crowd: each orders again and again while the site breaks, and never the same way."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

import httpx

from pepiniere.tour.visitor import PageError, Visitor
from tests.faults.people import CARD, Person, until
from tests.live.stack import Live

# What a shopper may do at the bank, and how often of a hundred.
WAYS = {
    "accepted": 34,
    "declined first": 10,
    "asked to confirm": 10,
    "webhook_twice": 10,
    "webhook_late": 10,
    "webhook_lost": 10,
    "page_times_out": 8,
    "leaves": 8,
}
NUMBERS = {
    "accepted": "4242424242424242",
    "declined first": "4000000000000002",
    "asked to confirm": "4000002760003184",
    "webhook_twice": "4000000000010209",
    "webhook_late": "4000000000010308",
    "webhook_lost": "4000000000010407",
    "page_times_out": "4000000000010506",
}
# Of those who paid, how many in a hundred want their money back at once.
CANCELLING = 15
# A payment of which nobody told is asked about after 2 minutes, then after 4 more.
PATIENCE = 600.0


@dataclass
class Told:
    """What one order's shopper did."""

    number: str
    way: str
    cancelled: bool = False


@dataclass
class Shopper(Person):
    """Somebody of the crowd, logged in already; ``session`` is the cookie's value."""

    live: Live
    space: str
    session: str
    luck: random.Random
    slugs: tuple[str, ...]
    orders: list[Told] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.origin = self.live.origin(self.live.spaces[self.space]["host"])
        self.visitor = Visitor("shopper", self.origin)
        self.visitor.keep("session", self.session)

    def shop(self, orders: int) -> list[Told]:
        """So many orders, each followed until nothing is left to do for the shopper."""
        ways = list(WAYS)
        for _ in range(orders):
            way = self.luck.choices(ways, [WAYS[way] for way in ways])[0]
            self.orders.append(self._one(way))
        self.visitor.close()
        return self.orders

    def _one(self, way: str) -> Told:
        chosen = self.luck.sample(self.slugs, self.luck.choice([1, 1, 2]))
        told = Told(self.patiently(lambda: self.order(*chosen), "order placed"), way)
        if way == "leaves":
            return told
        self.at_the_bank(told)
        if way == "declined first":
            self.at_the_bank(told, "accepted")
        if self.luck.randrange(100) < CANCELLING:
            self.sees(f"/commandes/{told.number}/", "Envoyée", seconds=PATIENCE)
            self.cancel(told)
        return told

    def at_the_bank(self, told: Told, way: str = "") -> None:
        """Pay the order's page as the way says; the way back may break."""
        way = way or told.way
        if not self.to_the_bank(told.number):
            return
        try:
            self.visitor.submit({**CARD, "number": NUMBERS[way]}, button="Payer")
            if way == "asked to confirm":
                self.visitor.submit({}, button="Confirmer le paiement")
        except (httpx.HTTPError, PageError):
            # The bank has its answer; what comes after is the site's trouble.
            return

    def to_the_bank(self, number: str) -> bool:
        """Press « Payer » until the bank's page is there; False when the order turns out paid."""

        def there() -> bool:
            self.visitor.open(f"{self.origin}/commandes/{number}/payer/")
            if "/payer/" not in self.visitor.url:
                return True
            self.visitor.submit({}, button="Payer")
            return "paiement.localhost" in self.visitor.url

        until(there, f"bank's page of {number}", seconds=PATIENCE)
        return "paiement.localhost" in self.visitor.url

    def cancel(self, told: Told) -> None:
        """Cancel every line that may be: the money comes back."""
        page = f"/commandes/{told.number}/"

        def done() -> bool:
            self.visitor.open(self.origin + page)
            found = [
                link.get("href")
                for link in self.visitor.document().iter("a")
                if (link.get("href") or "").endswith("/annuler/")
            ]
            if not found:
                return True
            self.visitor.open(self.origin + found[0]).submit({}, button="Annuler")
            return False

        until(done, f"cancelling of {told.number}", seconds=PATIENCE)
        told.cancelled = True

    def patiently(self, act: Callable[[], str], what: str) -> str:
        """Do it until it goes through."""
        told: list[str] = []

        def done() -> bool:
            told[:] = [act()]
            return True

        until(done, what, seconds=PATIENCE)
        return told[0]


def ways_of(told: list[Told]) -> Counter[str]:
    """How many orders went which way."""
    return Counter(f"{one.way}, cancelled" if one.cancelled else one.way for one in told)

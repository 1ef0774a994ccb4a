"""What funding does with the aid in a charge; funding registers it, for imports go down only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from billing.charges.models import Charge, ChargeRelease
from billing.charges.pricing import PricedCharge


@dataclass(frozen=True)
class Share:
    """What one programme pays of one release: its words as frozen in the charge, and cents."""

    programme: str
    name: str
    name_en: str
    funder: str
    cents: int

    def as_json(self) -> dict[str, Any]:
        """As it is stored with the release."""
        return {
            "programme": self.programme,
            "name": self.name,
            "name_en": self.name_en,
            "funder": self.funder,
            "cents": self.cents,
        }


Cofunding = Mapping[tuple[str, str], Sequence[Share]]
"""Shares by item key and release key."""
Decide = Callable[[PricedCharge], Cofunding]


class Funders(Protocol):
    """What funding registers; each runs in the caller's transaction, which holds the charge."""

    def free(self, charge: Charge, releases: Sequence[ChargeRelease]) -> None:
        """These parts are not approved any more: their aid is free again; a repeat changes nothing."""

    def revive(self, charge: Charge) -> frozenset[str]:
        """A lapsed charge turned out paid: reserve its aid again; keys of items for which that failed."""


_registered: list[Funders] = []


def register(funders: Funders) -> None:
    """Register the one that keeps aid; funding calls this in `AppConfig.ready()`."""
    _registered[:] = [funders]


def free(charge: Charge, releases: Sequence[ChargeRelease]) -> None:
    """Give the aid of cancelled or lapsed parts back to its budgets."""
    helped = [release for release in releases if release.cofunded_cents]
    if helped:
        _registered[0].free(charge, helped)


def revive(charge: Charge) -> frozenset[str]:
    """Reserve the aid of a lapsed charge again; keys of the items that have lost it."""
    return _registered[0].revive(charge) if charge.cofunded_cents else frozenset()

"""What a business has of its programmes already: what counts against ceilings, which grants it may use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

from billing.funding.lifecycle import VoucherState
from billing.funding.models import Programme, Voucher

if TYPE_CHECKING:
    from tenants.parties.models import Party


# Commission regulation (EU) 2023/2831, article 3(2): over any period of three years.
DEMINIMIS_PERIOD = timedelta(days=3 * 365 + 1)


@dataclass(frozen=True)
class Usage:
    """The vouchers of a business that hold money, with their budgets."""

    vouchers: tuple[Voucher, ...] = ()

    def cents(self, programme: Programme, *, year: int | None = None, beside: Voucher | None = None) -> int:
        """What it has of a programme, in cents; of one budget year, and without one voucher, if asked."""
        return sum(one.held_cents for one in self._of(programme, year, beside))

    def count(self, programme: Programme, *, beside: Voucher | None = None) -> int:
        """How many vouchers of a programme it has."""
        return len(self._of(programme, None, beside))

    def deminimis_cents(self, on: date) -> int:
        """De minimis aid that this site gave in the three years before a legal date, in cents."""
        begins = datetime.combine(on - DEMINIMIS_PERIOD, time(), tzinfo=UTC)
        return sum(one.held_cents for one in self.vouchers if one.is_de_minimis and one.reserved_at >= begins)

    def grant(self, programme: Programme, on: date) -> Voucher | None:
        """The granted voucher that it may use on a legal date: the first to expire."""
        usable = [
            one
            for one in self.vouchers
            if one.programme_id == programme.pk
            and one.state == VoucherState.GRANTED
            and one.expires_on is not None
            and on <= one.expires_on
        ]
        return min(usable, key=lambda one: (one.expires_on, one.pk), default=None)

    def _of(self, programme: Programme, year: int | None, beside: Voucher | None) -> list[Voucher]:
        return [
            one
            for one in self.vouchers
            if one.programme_id == programme.pk
            and (year is None or one.budget.year == year)
            and (beside is None or one.pk != beside.pk)
        ]


NO_USAGE = Usage()


def usage_of(party: Party | None) -> Usage:
    """The vouchers of a business that hold money; one statement, none without a business."""
    if party is None:
        return NO_USAGE
    return Usage(tuple(Voucher.objects.holding().filter(party=party).select_related("budget").order_by("pk")))

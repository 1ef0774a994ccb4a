"""Drawing a claim up: the lines that are open for a programme up to a legal date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from billing.claims.errors import ClaimPeriodWrong, NothingToClaim
from billing.claims.lifecycle import ClaimState
from billing.claims.models import Claim, ClaimLine, RefusedLine
from billing.funding.claiming import parts_to_claim, returns_to_claim
from billing.funding.models import Programme, VoucherPart, VoucherReturn
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date

if TYPE_CHECKING:
    from tenants.accounts.models import User


@dataclass(frozen=True)
class OpenLines:
    """What can be asked of a funder now: approved parts, what it refused and is asked again, and returns of
    parts claimed before."""

    parts: Sequence[VoucherPart]
    returns: Sequence[VoucherReturn]
    rests: Sequence[RefusedLine] = ()

    def __bool__(self) -> bool:
        return bool(self.parts or self.returns or self.rests)

    @property
    def parts_cents(self) -> int:
        """What the parts ask, at first or again, in cents."""
        return sum(part.claimable_cents for part in self.parts) + sum(
            rest.amount_cents for rest in self.rests
        )

    @property
    def returns_cents(self) -> int:
        """What the returns take off, in cents, as a positive number."""
        return sum(row.owed_cents for row in self.returns)

    @property
    def starts_on(self) -> date:
        """Legal date of the oldest line. Raises ValueError without one."""
        return min(line.happened_on for line in self.lines())

    def lines(self) -> list[ClaimLine]:
        """The lines, not stored: what is asked again, parts from the oldest on, then returns."""
        rows = [
            ClaimLine(rest=rest, amount_cents=rest.amount_cents, happened_on=rest.refusal.refused_on)
            for rest in self.rests
        ]
        rows += [
            ClaimLine(part=part, amount_cents=part.claimable_cents, happened_on=part.consumed_on)
            for part in self.parts
            if part.consumed_on is not None
        ]
        rows += [
            ClaimLine(voucher_return=row, amount_cents=-row.owed_cents, happened_on=row.returned_on)
            for row in self.returns
        ]
        for position, line in enumerate(rows, start=1):
            line.position = position
        return rows

    def are_those_of(self, claim: Claim) -> bool:
        """Whether the stored lines of a claim are these, to the cent."""
        stored = claim.lines.values_list("part_id", "voucher_return_id", "rest_id", "amount_cents")
        wanted = [
            (line.part_id, line.voucher_return_id, line.rest_id, line.amount_cents) for line in self.lines()
        ]
        return set(stored) == set(wanted)


def open_lines(programme: Programme, *, until: date) -> OpenLines:
    """What can be asked for a programme up to a legal date; three statements."""
    return OpenLines(
        list(parts_to_claim(programme, until=until)),
        list(returns_to_claim(programme, until=until)),
        list(rests_to_claim(programme, until=until)),
    )


def rests_to_claim(programme: Programme, *, until: date) -> QuerySet[RefusedLine]:
    """What the funder refused up to a legal date and is to be asked again, the oldest first."""
    return (
        RefusedLine.objects.to_ask_again()
        .filter(refusal__claim__programme=programme, refusal__refused_on__lte=until)
        .select_related("refusal")
        .order_by("refusal__refused_on", "pk")
    )


@transaction.atomic
def draw_claim(*, programme: Programme, until: date, user: User | None) -> Claim:
    """Draw up the draft of a programme, or draw it up anew: its lines are what is open up to a legal date.

    Raises ClaimPeriodWrong for a day to come, NothingToClaim.
    """
    if until > legal_date(current_tenant(), timezone.now()):
        raise ClaimPeriodWrong()
    lock_programme(programme)
    found = open_lines(programme, until=until)
    if not found:
        raise NothingToClaim()
    claim = Claim.objects.select_for_update(of=("self",)).filter(
        programme=programme, state=ClaimState.DRAFT
    ).first() or Claim(programme=programme, funder=programme.funder)
    claim.ends_on, claim.starts_on = until, found.starts_on
    claim.parts_cents, claim.returns_cents = found.parts_cents, found.returns_cents
    claim.asked_cents = claim.parts_cents - claim.returns_cents
    claim.drawn_at, claim.drawn_by = timezone.now(), user
    claim.save()
    claim.lines.all().delete()
    lines = found.lines()
    for line in lines:
        line.claim = claim
    ClaimLine.objects.bulk_create(lines)
    return claim


def locked_claim(claim_id: int) -> Claim:
    """The claim under the lock of its programme."""
    lock_programme(Claim.objects.select_related("programme").get(pk=claim_id).programme)
    return (
        Claim.objects.select_for_update(of=("self",))
        .select_related("programme__funder", "funder")
        .get(pk=claim_id)
    )


def lock_programme(programme: Programme) -> None:
    """One hand at a time on the claims of a programme; orders that reserve its aid do not wait for it."""
    list(
        Programme.objects.select_for_update(of=("self",), no_key=True)
        .filter(pk=programme.pk)
        .values_list("pk", flat=True)
    )

"""What claims to funders take from vouchers: approved parts, and returns of parts that were claimed before.

Ledger of a part: approval debits `467300` (owed by funders, party the funder); a return before its claim
credits `467300`; a return after its claim credits `467350` (to give back to funders). A claim takes
`parts_to_claim` as lines of `claimable_cents` and `returns_to_claim` as negative lines; with the negative
lines it books debit `467350`, credit `467300`, so that `467300` is what claims and open parts ask for.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db import transaction
from django.db.models import F, QuerySet

from billing.funding.models import Advance, Programme, VoucherPart, VoucherReturn
from billing.payouts.credit_transfers import fund_legs, unfund_legs
from billing.payouts.models import Payout


def parts_to_claim(programme: Programme, *, until: datetime.date) -> QuerySet[VoucherPart]:
    """Parts approved up to a legal date that no claim asked for yet, oldest first, with order and seller."""
    return (
        VoucherPart.objects.to_claim()
        .filter(voucher__programme=programme, consumed_on__lte=until)
        .select_related("voucher__party", "voucher__charge", "release__item__seller")
        .order_by("consumed_on", "pk")
    )


def returns_to_claim(programme: Programme, *, until: datetime.date) -> QuerySet[VoucherReturn]:
    """What was given back, up to a legal date, of parts that were claimed before, oldest first."""
    return (
        VoucherReturn.objects.to_claim_back()
        .filter(part__voucher__programme=programme, returned_on__lte=until)
        .select_related("part__voucher__party", "part__voucher__charge", "part__release__item__seller")
        .order_by("returned_on", "pk")
    )


@transaction.atomic
def mark_claimed(
    *, parts: Sequence[VoucherPart], returns: Sequence[VoucherReturn], at: datetime.datetime
) -> tuple[int, int]:
    """A claim with these lines goes to the funder at a UTC instant; rows that are in a claim already stay.

    Returns how many parts and returns were marked: fewer than given means that another claim was faster.
    A part that was refunded meanwhile is not marked either: its `claimable_cents` differ from what was read.
    """
    marked = sum(
        VoucherPart.objects.to_claim()
        .filter(pk=part.pk, returned_cents=part.returned_cents, owed_back_cents=part.owed_back_cents)
        .update(claimed_at=at)
        for part in sorted(parts, key=lambda part: part.pk)
    )
    back = (
        VoucherReturn.objects.to_claim_back().filter(pk__in=[row.pk for row in returns]).update(claimed_at=at)
    )
    return marked, back


@transaction.atomic
def unmark_claimed(*, parts: Sequence[VoucherPart], returns: Sequence[VoucherReturn]) -> None:
    """A claim was withdrawn or refused before it was paid: its lines can be claimed again.

    What was returned of a part meanwhile is a row of its own, a negative line of whichever claim is next.
    """
    VoucherPart.objects.filter(pk__in=[part.pk for part in parts], funded_at=None).update(claimed_at=None)
    VoucherReturn.objects.filter(pk__in=[row.pk for row in returns]).update(claimed_at=None)


@transaction.atomic
def mark_funded(*, parts: Sequence[VoucherPart], at: datetime.datetime) -> None:
    """The funder's money for these claimed parts was booked, or the space bears what it refused: payout legs
    that waited for it may leave.

    Payouts are locked before parts, as refunds do (docs/decisions/0004).
    """
    releases = {part.release_id for part in parts}
    locked = Payout.objects.select_for_update(of=("self",)).filter(release__in=releases).order_by("pk")
    list(locked.values_list("pk", flat=True))
    VoucherPart.objects.filter(
        pk__in=[part.pk for part in parts], claimed_at__isnull=False, funded_at=None
    ).update(funded_at=at)
    # A leg waits for the last of the programmes that do not advance their share.
    waiting = VoucherPart.objects.filter(
        release__in=releases,
        funded_at=None,
        consumed_cents__gt=F("returned_cents"),
        voucher__programme__advance=Advance.WHEN_FUNDER_PAYS,
    )
    fund_legs(releases - set(waiting.values_list("release_id", flat=True)))


@transaction.atomic
def unmark_funded(*, parts: Sequence[VoucherPart]) -> None:
    """The funder's money for these parts was booked by mistake: legs that have not left wait for it again.

    Payouts are locked before parts, as refunds do (docs/decisions/0004).
    """
    releases = {part.release_id for part in parts}
    locked = Payout.objects.select_for_update(of=("self",)).filter(release__in=releases).order_by("pk")
    list(locked.values_list("pk", flat=True))
    found = VoucherPart.objects.filter(pk__in=[part.pk for part in parts])
    found.update(funded_at=None)
    waiting = found.filter(voucher__programme__advance=Advance.WHEN_FUNDER_PAYS)
    unfund_legs(waiting.values_list("release_id", flat=True))

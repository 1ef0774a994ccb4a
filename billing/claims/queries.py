"""What can be asked about claims: the list, and what is open by programme."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet, Sum

from billing.claims.lifecycle import ClaimState
from billing.claims.models import Claim, RefusedLine
from billing.funding.models import Programme, VoucherPart, VoucherReturn


def claims(*, query: str = "", state: str = "") -> QuerySet[Claim]:
    """Claims, newest first, by number, programme or funder; of one state when given."""
    found = Claim.objects.select_related("programme", "funder").defer("snapshot").order_by("-id")
    if state:
        found = found.filter(state=state)
    if query:
        found = found.filter(
            Q(number__icontains=query)
            | Q(programme__name__icontains=query)
            | Q(funder__legal_name__icontains=query)
            | Q(funder__trade_name__icontains=query)
        )
    return found


@dataclass
class OpenProgramme:
    """What can be asked for a programme, in cents: up to a legal date, and after it."""

    programme: Programme
    line_count: int = 0
    due_cents: int = 0
    later_cents: int = 0
    oldest_on: date | None = None
    draft: Claim | None = None


def open_programmes(until: date) -> list[OpenProgramme]:
    """Programmes with something to ask or to give back, the oldest first; five statements.

    Lines of a draft count as open: nobody has asked for them yet.
    """
    known: dict[int, OpenProgramme] = {}
    amount = F("consumed_cents") - F("returned_cents") + F("owed_back_cents")
    parts = VoucherPart.objects.to_claim().order_by().values_list("voucher__programme", "consumed_on")
    returns = (
        VoucherReturn.objects.to_claim_back()
        .order_by()
        .values_list("part__voucher__programme", "returned_on")
    )
    rests = (
        RefusedLine.objects.to_ask_again()
        .order_by()
        .values_list("refusal__claim__programme", "refusal__refused_on")
    )
    sums: dict[int, list[tuple[date, int, int]]] = defaultdict(list)
    for programme, on, count, cents in parts.annotate(count=Count("pk"), cents=Sum(amount)):
        sums[programme].append((on, count, cents))
    for programme, on, count, cents in rests.annotate(count=Count("pk"), cents=Sum("amount_cents")):
        sums[programme].append((on, count, cents))
    owed = F("amount_cents") - F("regained_cents")
    for programme, on, count, cents in returns.annotate(count=Count("pk"), cents=Sum(owed)):
        sums[programme].append((on, count, -cents))
    drafts = {claim.programme_id: claim for claim in claims(state=ClaimState.DRAFT)}
    for programme in Programme.objects.filter(pk__in=sums).select_related("funder"):
        row = known[programme.pk] = OpenProgramme(programme, draft=drafts.get(programme.pk))
        for on, count, cents in sums[programme.pk]:
            row.line_count += count
            row.due_cents += cents if on <= until else 0
            row.later_cents += cents if on > until else 0
            row.oldest_on = on if row.oldest_on is None else min(row.oldest_on, on)
    return sorted(known.values(), key=lambda row: (row.oldest_on or until, row.programme.pk))

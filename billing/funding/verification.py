"""Checks of vouchers: budgets hold what vouchers hold, parts sum up, funders owe what was approved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from billing.charges.lifecycle import ReleaseState
from billing.charges.models import ChargeRelease
from billing.funding.lifecycle import VoucherState
from billing.funding.models import ProgrammeBudget, Voucher, VoucherPart, VoucherReturn
from billing.ledger.accounts import AccountCode
from billing.ledger.models import EntryKind, Posting
from billing.ledger.verification import Finding

UNATTACHED = (VoucherState.GRANTED, VoucherState.EXPIRED, VoucherState.REVOKED)
OF_CLAIMS = (EntryKind.CLAIM, EntryKind.CLAIM_PAID, EntryKind.CLAIM_REFUSED)
"""Kinds of entries that settle what funders owe; all others follow from approvals and refunds."""


def check_budgets() -> Iterator[Finding]:
    """What a budget says is reserved is what its vouchers hold."""
    held = (
        Voucher.objects.filter(budget=OuterRef("pk"))
        .order_by()
        .values("budget")
        .annotate(total=Sum("held_cents"))
        .values("total")
    )
    counted = ProgrammeBudget.objects.annotate(parts=Coalesce(Subquery(held), 0))
    for budget in counted.exclude(parts=F("reserved_cents")):
        yield Finding(
            "funding.budgets",
            f"budget:{budget}",
            f"reserved {budget.reserved_cents}, vouchers {budget.parts}",
        )


def check_parts() -> Iterator[Finding]:
    """Parts sum to their voucher and to the aid of their release, and follow its state."""
    attached = Voucher.objects.exclude(state__in=UNATTACHED).annotate(
        parts_cents=Coalesce(Sum("parts__amount_cents"), 0),
        parts_held=Coalesce(
            Sum(F("parts__amount_cents") - F("parts__freed_cents") - F("parts__returned_cents")), 0
        ),
    )
    for voucher in attached.exclude(parts_cents=F("amount_cents"), parts_held=F("held_cents")):
        yield Finding(
            "funding.parts",
            f"voucher:{voucher.pk}",
            f"amount {voucher.amount_cents}, parts {voucher.parts_cents}; "
            f"held {voucher.held_cents}, parts {voucher.parts_held}",
        )
    releases = ChargeRelease.objects.annotate(
        aid=Coalesce(Sum("voucher_parts__amount_cents"), 0),
        used=Coalesce(Sum("voucher_parts__consumed_cents"), 0),
    ).filter(Q(aid__gt=0) | Q(cofunded_cents__gt=0))
    for release in releases.exclude(aid=F("cofunded_cents")):
        yield Finding(
            "funding.parts",
            f"ChargeRelease {release.pk}",
            f"aid {release.cofunded_cents}, parts {release.aid}",
        )
    approved = Q(state=ReleaseState.RELEASED)
    for release in releases.filter((approved & ~Q(used=F("aid"))) | (~approved & Q(used__gt=0))):
        yield Finding(
            "funding.parts", f"ChargeRelease {release.pk}", f"{release.state}, consumed {release.used}"
        )
    returned = VoucherPart.objects.annotate(
        parts=Coalesce(Sum("returns__amount_cents"), 0),
        owed=Coalesce(
            Sum(
                F("returns__amount_cents") - F("returns__regained_cents"),
                filter=Q(returns__owed_to_funder=True),
            ),
            0,
        ),
        brought=Coalesce(Sum("returns__regained_cents"), 0),
    )
    agreeing = Q(parts=F("returned_cents"), owed=F("owed_back_cents"), brought=F("regained_cents"))
    for part in returned.exclude(agreeing):
        yield Finding(
            "funding.parts",
            f"part:{part.pk}",
            f"returned {part.returned_cents}, rows {part.parts}; "
            f"owed back {part.owed_back_cents}, rows {part.owed}; "
            f"regained {part.regained_cents}, rows {part.brought}",
        )


def check_funders() -> Iterator[Finding]:
    """Apart from claims, each funder owes what was approved less what was given back before its claim, and
    is owed what was given back after."""
    owed: Counter[int] = Counter()
    due: Counter[int] = Counter()
    funder = "voucher__programme__funder_id"
    for party, cents in (
        VoucherPart.objects.order_by().values_list(funder).annotate(total=Sum("consumed_cents"))
    ):
        owed[party] += cents
    rows = VoucherReturn.objects.order_by().values_list(f"part__{funder}", "owed_to_funder")
    for party, to_funder, cents in rows.annotate(total=Sum(F("amount_cents") - F("regained_cents"))):
        (due if to_funder else owed)[party] -= cents
    for account, expected in ((AccountCode.OWED_BY_FUNDERS, owed), (AccountCode.FUNDER_ADVANCES, due)):
        booked = Counter(
            dict(
                Posting.objects.filter(account__code=account)
                .exclude(entry__kind__in=OF_CLAIMS)
                .order_by()
                .values_list("party_id")
                .annotate(total=Sum("amount_cents"))
            )
        )
        for party in sorted(expected.keys() | booked.keys()):
            if expected[party] != booked[party]:
                yield Finding(
                    "funding.funders",
                    f"{account} party:{party}",
                    f"ledger {booked[party]}, vouchers {expected[party]}",
                )

"""Checks of claims: sums of lines and payments, what vouchers say of them, and the ledger."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum
from django.db.models.functions import Coalesce

from billing.claims.lifecycle import LIVE, SENT, ClaimState
from billing.claims.models import Claim, ClaimLine, ClaimPayment, ClaimRefusal, RefusedLine
from billing.claims.refusal_models import Fate
from billing.claims.snapshots import fingerprint
from billing.funding.models import VoucherPart, VoucherReturn
from billing.ledger.accounts import AccountCode
from billing.ledger.models import EntryKind
from billing.ledger.verification import Finding, compare_with_entries


def check_claims() -> Iterator[Finding]:
    """Each claim is the sum of its lines and of its payments, live as it is, and frozen as it was sent."""
    paid = (
        ClaimPayment.objects.filter(claim=OuterRef("pk"), corrected_at=None)
        .order_by()
        .values("claim")
        .annotate(total=Sum("amount_cents"))
        .values("total")
    )
    live = Q(lines__is_live=True)
    summed = Claim.objects.annotate(
        plus=Coalesce(Sum("lines__amount_cents", filter=Q(lines__amount_cents__gt=0)), 0),
        minus=Coalesce(-Sum("lines__amount_cents", filter=Q(lines__amount_cents__lt=0)), 0),
        live_count=Count("lines", filter=live),
        dead_count=Count("lines", filter=~live),
        came=Coalesce(Subquery(paid), 0),
    ).order_by("pk")
    for claim in summed.iterator():
        subject = f"claim:{claim.number or claim.pk}"
        if (claim.plus, claim.minus) != (claim.parts_cents, claim.returns_cents):
            yield Finding(
                "claims.sums",
                subject,
                f"parts {claim.parts_cents}, lines {claim.plus}; returns {claim.returns_cents}, "
                f"lines {claim.minus}",
            )
        if claim.came != claim.paid_cents:
            yield Finding("claims.sums", subject, f"paid {claim.paid_cents}, payments {claim.came}")
        if claim.dead_count if claim.state in LIVE else claim.live_count:
            yield Finding("claims.sums", subject, f"{claim.state}, lines of the other kind")
        if claim.sha256 and fingerprint(claim.snapshot) != claim.sha256:
            yield Finding("claims.sums", subject, "snapshot changed since it was sent")


def check_marks() -> Iterator[Finding]:
    """A part is marked as claimed exactly when it stands in a claim that was sent, with what it asks there;
    so is a return, and what is asked again; all parts of a paid or closed claim are funded but for those."""
    lines = ClaimLine.objects.filter(claim__state__in=SENT, is_live=True)
    asked = lines.filter(part=OuterRef("pk")).values("amount_cents")
    claimable = F("consumed_cents") - F("returned_cents") + F("owed_back_cents") + F("regained_cents")
    parts = VoucherPart.objects.annotate(asked=Coalesce(Subquery(asked), 0), claimable=claimable)
    marked = Q(claimed_at__isnull=False)
    for part in parts.filter((marked & ~Q(asked=F("claimable"))) | (~marked & ~Q(asked=0))):
        yield Finding(
            "claims.marks",
            f"part:{part.pk}",
            f"claimed {part.claimable if part.claimed_at else 0}, claims ask {part.asked}",
        )
    taken = lines.filter(voucher_return=OuterRef("pk")).values("amount_cents")
    owed = F("regained_cents") - F("amount_cents")
    returns = VoucherReturn.objects.annotate(taken=Coalesce(Subquery(taken), 0))
    for row in returns.filter((marked & ~Q(taken=owed)) | (~marked & ~Q(taken=0))):
        yield Finding(
            "claims.marks", f"return:{row.pk}", f"returned {row.owed_cents}, claims take {-row.taken}"
        )
    again = lines.filter(rest=OuterRef("pk")).values("amount_cents")
    rests = RefusedLine.objects.annotate(asked=Coalesce(Subquery(again), 0))
    for rest in rests.filter((marked & ~Q(asked=F("amount_cents"))) | (~marked & ~Q(asked=0))):
        yield Finding(
            "claims.marks",
            f"refused:{rest.pk}",
            f"refused {rest.amount_cents}, claims ask again {rest.asked}",
        )
    # A part that was refused and is asked again waits for the claim that asks it last.
    asked_again = Q(refused__is_live=True, refused__fate=Fate.AGAIN)
    for line in (
        lines.filter(claim__state__in=(ClaimState.PAID, ClaimState.CLOSED), amount_cents__gt=0)
        .exclude(pk__in=lines.filter(asked_again).values("pk"))
        .filter(
            Q(part__isnull=False, part__funded_at=None) | Q(rest__isnull=False, rest__part__funded_at=None)
        )
        .select_related("claim", "rest")
    ):
        part_id = line.part_id if line.rest is None else line.rest.part_id
        yield Finding("claims.marks", f"part:{part_id}", f"not funded, {line.claim.number} is paid")


def check_entries() -> Iterator[Finding]:
    """Returns in claims and payments of claims are booked, each once, and nothing else is."""
    sent = Claim.objects.exclude(number="").filter(returns_cents__gt=0).order_by("pk")
    expected = [(f"claim:{claim.pk}", claim.returns_cents) for claim in sent]
    expected += [
        (f"claim-withdrawn:{claim.pk}", -claim.returns_cents)
        for claim in sent
        if claim.state == ClaimState.WITHDRAWN
    ]
    yield from compare_with_entries("claims.entries", expected, EntryKind.CLAIM, AccountCode.FUNDER_ADVANCES)
    payments = ClaimPayment.objects.order_by("pk").values_list("pk", "amount_cents")
    corrected = payments.filter(corrected_at__isnull=False)
    yield from compare_with_entries(
        "claims.entries",
        [
            *((f"claim-payment:{key}", cents) for key, cents in payments),
            *((f"claim-payment-corrected:{key}", -cents) for key, cents in corrected),
        ],
        EntryKind.CLAIM_PAID,
        AccountCode.BANK,
    )


def check_refusals() -> Iterator[Finding]:
    """What a claim says is refused is the sum of its refused lines, each lost one borne and booked."""
    sums = Sum("lines__amount_cents")
    lost = Sum("lines__amount_cents", filter=Q(lines__fate=Fate.LOST))
    refusals = ClaimRefusal.objects.annotate(told=Coalesce(sums, 0), gone=Coalesce(lost, 0)).order_by("pk")
    for row in refusals.exclude(told=F("amount_cents"), gone=F("lost_cents")):
        yield Finding(
            "claims.refusals",
            f"refusal:{row.pk}",
            f"refused {row.amount_cents}, lines {row.told}; lost {row.lost_cents}, lines {row.gone}",
        )
    live = (
        ClaimRefusal.objects.filter(claim=OuterRef("pk"), undone_at=None)
        .order_by()
        .values("claim")
        .annotate(total=Sum("amount_cents"))
        .values("total")
    )
    for claim in Claim.objects.annotate(told=Coalesce(Subquery(live), 0)).exclude(told=F("refused_cents")):
        yield Finding(
            "claims.refusals", f"claim:{claim.number}", f"refused {claim.refused_cents}, rows {claim.told}"
        )
    borne = (
        RefusedLine.objects.filter(part=OuterRef("pk"), is_live=True, fate=Fate.LOST)
        .order_by()
        .values("part")
        .annotate(total=Sum("amount_cents"))
        .values("total")
    )
    for part in VoucherPart.objects.annotate(told=Coalesce(Subquery(borne), 0)).exclude(told=F("lost_cents")):
        yield Finding(
            "claims.refusals", f"part:{part.pk}", f"lost {part.lost_cents}, refused lines {part.told}"
        )
    booked = ClaimRefusal.objects.filter(lost_cents__gt=0).order_by("pk").values_list("pk", "lost_cents")
    yield from compare_with_entries(
        "claims.refusals",
        [
            *((f"claim-refusal:{key}", cents) for key, cents in booked),
            *((f"claim-refusal-undone:{key}", -cents) for key, cents in booked.exclude(undone_at=None)),
        ],
        EntryKind.CLAIM_REFUSED,
        AccountCode.DEBTS_LOST,
    )

"""Which lines of a claim its money covers: payouts that waited for them may leave, others wait."""

from __future__ import annotations

from django.utils import timezone

from billing.claims.models import Claim, ClaimLine
from billing.funding.claiming import mark_funded, unmark_funded
from billing.funding.models import VoucherPart


def asking_lines(claim: Claim) -> list[ClaimLine]:
    """The lines that ask for something, at first or again, the oldest first."""
    return list(
        claim.lines.filter(amount_cents__gt=0).select_related("part", "rest__part").order_by("position")
    )


def uncovered_cents(claim: Claim) -> dict[int, int]:
    """By key of each asking line, what payments and returns leave of it, the oldest paid first; in cents."""
    at_hand = claim.paid_cents + claim.returns_cents
    left: dict[int, int] = {}
    for line in asking_lines(claim):
        covered = min(at_hand, line.amount_cents)
        at_hand -= covered
        left[line.pk] = line.amount_cents - covered
    return left


def fund_covered(claim: Claim) -> None:
    """Lines that are covered whole, oldest first, by what was paid now and had been paid before."""
    fund(_parts(claim, covered=True))


def unfund_uncovered(claim: Claim) -> None:
    """Lines that are covered whole no more wait for the funder again."""
    unfund(_parts(claim, covered=False))


def fund(parts: list[VoucherPart]) -> None:
    """Nothing is awaited for these parts any more."""
    waiting = [part for part in parts if part.funded_at is None]
    if waiting:
        mark_funded(parts=waiting, at=timezone.now())


def unfund(parts: list[VoucherPart]) -> None:
    """The funder is awaited for these parts again."""
    funded = [part for part in parts if part.funded_at is not None]
    if funded:
        unmark_funded(parts=funded)


def _parts(claim: Claim, *, covered: bool) -> list[VoucherPart]:
    left = uncovered_cents(claim)
    return [
        line.asked_part
        for line in asking_lines(claim)
        if line.asked_part is not None and (not left[line.pk]) is covered
    ]

"""What is left of a claim that the funder will not pay: asked again or lost, or taken back if wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from billing.claims.covering import asking_lines, fund, fund_covered, unfund, unfund_uncovered
from billing.claims.drafting import locked_claim
from billing.claims.errors import (
    NotAllOfTheRest,
    RefusalAlreadyUndone,
    RefusalFixed,
    RefusalUnexplained,
    RefusedLineTooLarge,
    ReturnedMeanwhile,
)
from billing.claims.lifecycle import CLAIM
from billing.claims.models import Claim, ClaimLine, ClaimRefusal, RefusedLine
from billing.claims.refusal_models import Fate
from billing.funding.models import VoucherPart
from billing.ledger.accounts import AccountCode
from billing.ledger.models import EntryKind
from billing.ledger.operations import PostingInput, post_entry
from kernel.web.formats import format_money
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date

if TYPE_CHECKING:
    from tenants.accounts.models import User


@dataclass(frozen=True)
class Refused:
    """What is refused of one line, in cents above zero, and what becomes of it."""

    cents: int
    fate: Fate


@transaction.atomic
def refuse_rest(
    *, claim_id: int, refused: Mapping[int, Refused], reason: str, user: User | None
) -> ClaimRefusal:
    """The funder pays no more of a claim: what is left is refused, by position of lines, and it is closed.

    A part that is asked again waits for the claim that will ask it. What is lost is owed by the funder no
    more: the space bears it (654000), and the provider is paid as if the funder had. Raises
    TransitionRefused, RefusalUnexplained, NotAllOfTheRest, RefusedLineTooLarge, ReturnedMeanwhile.
    """
    claim = locked_claim(claim_id)
    CLAIM.check(claim, "refuse", "operator")
    if not reason.strip():
        raise RefusalUnexplained()
    lines = {line.position: line for line in asking_lines(claim)}
    check_refused(claim, lines, refused)
    on = legal_date(current_tenant(), timezone.now())
    refusal = ClaimRefusal.objects.create(
        claim=claim,
        amount_cents=claim.left_cents,
        lost_cents=sum(row.cents for row in refused.values() if row.fate == Fate.LOST),
        reason=reason.strip()[:300],
        refused_on=on,
        recorded_by=user,
    )
    rows = [
        RefusedLine(
            refusal=refusal,
            line=lines[position],
            part=_part_of(lines[position]),
            amount_cents=row.cents,
            fate=row.fate,
        )
        for position, row in sorted(refused.items())
    ]
    RefusedLine.objects.bulk_create(rows)
    CLAIM.apply(claim, "refuse", "operator")
    claim.refused_cents, claim.settled_at = refusal.amount_cents, timezone.now()
    claim.save()
    asked_again = {row.part_id for row in rows if row.fate == Fate.AGAIN}
    # Payouts are locked before parts, as refunds do (docs/decisions/0004).
    unfund([_part_of(line) for line in lines.values() if _part_of(line).pk in asked_again])
    fund([_part_of(line) for line in lines.values() if _part_of(line).pk not in asked_again])
    _bear(claim, refusal, rows, on=on, way=1, user=user)
    return refusal


@transaction.atomic
def undo_refusal(*, refusal_id: int, reason: str, user: User | None) -> Claim:
    """A refusal was noted by mistake, or the funder pays after all: what was refused waits for it again.

    Nothing is edited: a mirrored entry undoes the loss. Lines that money does not cover wait for the funder
    again, with the payouts that have not left. Raises RefusalAlreadyUndone, RefusalUnexplained, and
    RefusalFixed once a later claim asks for some of it or a return was counted with it.
    """
    claim = locked_claim(ClaimRefusal.objects.values_list("claim_id", flat=True).get(pk=refusal_id))
    refusal = ClaimRefusal.objects.select_for_update(of=("self",)).get(pk=refusal_id)
    if refusal.undone_at is not None:
        raise RefusalAlreadyUndone()
    if not reason.strip():
        raise RefusalUnexplained()
    rows = list(refusal.lines.all())
    if any(row.claimed_at is not None for row in rows):
        raise RefusalFixed()
    refusal.undone_at, refusal.undone_by = timezone.now(), user
    refusal.undoing_reason = reason.strip()[:300]
    refusal.save(update_fields=["undone_at", "undone_by", "undoing_reason"])
    refusal.lines.update(is_live=False)
    claim.refused_cents, claim.settled_at = 0, None
    CLAIM.apply(claim, "admit" if claim.paid_cents else "admit_whole", "operator")
    claim.save()
    unfund_uncovered(claim)
    fund_covered(claim)
    on = legal_date(current_tenant(), refusal.undone_at)
    _bear(claim, refusal, rows, on=on, way=-1, user=user)
    return claim


def check_refused(claim: Claim, lines: Mapping[int, ClaimLine], refused: Mapping[int, Refused]) -> None:
    """Whether these refusals are all that is left of a claim, each within its line.

    Raises NotAllOfTheRest, RefusedLineTooLarge, ReturnedMeanwhile.
    """
    for position, row in refused.items():
        line = lines.get(position)
        if line is None or not 0 < row.cents <= line.amount_cents:
            raise RefusedLineTooLarge(line=position)
        part = _part_of(line)
        # What was given back meanwhile is a negative line to come: lost, it would be given back unpaid.
        if row.fate == Fate.LOST and row.cents > part.returnable_cents - part.borne_cents:
            raise ReturnedMeanwhile(
                line=position, most=format_money(part.returnable_cents - part.borne_cents)
            )
    told = sum(row.cents for row in refused.values())
    if told != claim.left_cents or told <= 0:
        raise NotAllOfTheRest(left=format_money(claim.left_cents), told=format_money(told))


def _part_of(line: ClaimLine) -> VoucherPart:
    if line.asked_part is None:
        raise ValueError(f"claim line {line.pk} asks for nothing")
    return line.asked_part


def _bear(
    claim: Claim, refusal: ClaimRefusal, rows: list[RefusedLine], *, on: date, way: int, user: User | None
) -> None:
    """The space bears what is lost, or with `way` -1 bears it no more. Raises RefusalFixed."""
    lost: Counter[int] = Counter()
    for row in rows:
        lost[row.part_id] += row.amount_cents if row.fate == Fate.LOST else 0
    parts = VoucherPart.objects.select_for_update(of=("self",)).filter(pk__in=lost).order_by("pk")
    for part in parts:
        cents = way * lost[part.pk]
        if part.lost_cents + cents < part.regained_cents:
            raise RefusalFixed()
        if way > 0 and cents > part.returnable_cents - part.borne_cents:
            raise ReturnedMeanwhile(
                line=next(row.line.position for row in rows if row.part_id == part.pk),
                most=format_money(part.returnable_cents - part.borne_cents),
            )
        VoucherPart.objects.filter(pk=part.pk).update(lost_cents=F("lost_cents") + cents)
    if not refusal.lost_cents:
        return
    post_entry(
        source=f"claim-refusal:{refusal.pk}" if way > 0 else f"claim-refusal-undone:{refusal.pk}",
        kind=EntryKind.CLAIM_REFUSED,
        occurred_on=on,
        memo=f"{claim.number} {refusal.reason}"[:255],
        postings=[
            PostingInput(AccountCode.DEBTS_LOST, way * refusal.lost_cents),
            PostingInput(AccountCode.OWED_BY_FUNDERS, -way * refusal.lost_cents, claim.funder),
        ],
        recorded_by=user,
    )

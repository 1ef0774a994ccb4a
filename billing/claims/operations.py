"""What is done with a claim: submitted under a number, withdrawn before payment, paid whole or in parts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from billing.claims.covering import fund_covered, unfund_uncovered
from billing.claims.drafting import locked_claim, open_lines
from billing.claims.errors import (
    ClaimChanged,
    ClaimOverpaid,
    CorrectionUnexplained,
    PaymentAlreadyCorrected,
    PaymentDayWrong,
    PaymentKnown,
    ReasonMissing,
)
from billing.claims.lifecycle import CLAIM, ClaimState
from billing.claims.models import Claim, ClaimDocument, ClaimPayment, ClaimSequence, RefusedLine
from billing.claims.snapshots import claim_snapshot, fingerprint
from billing.funding.claiming import mark_claimed, unmark_claimed
from billing.funding.models import VoucherPart, VoucherReturn
from billing.ledger.accounts import AccountCode
from billing.ledger.models import EntryKind
from billing.ledger.operations import PostingInput, credit, debit, post_entry
from kernel.outbox.operations import enqueue
from kernel.web.formats import format_money
from tenants.directory.current import current_tenant
from tenants.directory.dates import legal_date

if TYPE_CHECKING:
    from tenants.accounts.models import User

RENDER_CLAIM = "claims.render_claim"
DIGITS = 4


@transaction.atomic
def submit_claim(*, claim_id: int, user: User | None) -> Claim:
    """Number and freeze a draft; its parts are asked of the funder from now on, its returns taken off.

    A claim whose returns leave nothing to ask is settled at once. Raises TransitionRefused, and
    ClaimChanged when what is open is no longer what the draft says.
    """
    claim = locked_claim(claim_id)
    CLAIM.apply(claim, "submit", "operator")
    found = open_lines(claim.programme, until=claim.ends_on)
    if not found.are_those_of(claim):
        raise ClaimChanged()
    now = timezone.now()
    marked = mark_claimed(parts=found.parts, returns=found.returns, at=now)
    again = RefusedLine.objects.to_ask_again().filter(pk__in=[rest.pk for rest in found.rests])
    if (*marked, again.update(claimed_at=now)) != (len(found.parts), len(found.returns), len(found.rests)):
        # A refund was faster than these two statements.
        raise ClaimChanged()
    claim.submitted_at, claim.submitted_by = now, user
    claim.submitted_on = legal_date(current_tenant(), now)
    claim.number = _next_number(claim.submitted_on)
    claim.snapshot = claim_snapshot(claim)
    claim.sha256 = fingerprint(claim.snapshot)
    claim.save()
    _book_returns(claim, source=f"claim:{claim.pk}", on=claim.submitted_on, way=1)
    if claim.asked_cents == 0:
        _settle(claim)
    enqueue(RENDER_CLAIM, claim_id=claim.pk)
    return claim


@transaction.atomic
def withdraw_claim(*, claim_id: int, reason: str, user: User | None) -> Claim:
    """Give a draft up, or take a claim back that nobody has paid: its lines can be claimed again.

    Number and document of a submitted one stay. Raises TransitionRefused, ReasonMissing.
    """
    claim = locked_claim(claim_id)
    was_submitted = claim.state == ClaimState.SUBMITTED
    CLAIM.apply(claim, "withdraw", "operator")
    if was_submitted and not reason.strip():
        raise ReasonMissing()
    now = timezone.now()
    claim.withdrawn_at, claim.withdrawn_by = now, user
    claim.withdrawal_reason = reason.strip()[:300]
    claim.save()
    claim.lines.update(is_live=False)
    if was_submitted:
        unmark_claimed(parts=_parts_of(claim), returns=_returns_of(claim))
        RefusedLine.objects.filter(claim_lines__claim=claim).update(claimed_at=None)
        _book_returns(
            claim, source=f"claim-withdrawn:{claim.pk}", on=legal_date(current_tenant(), now), way=-1
        )
    return claim


@transaction.atomic
def record_claim_payment(
    *, claim_id: int, amount_cents: int, paid_on: date, bank_reference: str, user: User | None
) -> ClaimPayment:
    """Money for a claim is on the bank's statement, `amount_cents` above zero, on a legal date.

    For a claim that gives back, it is what the space has sent to the funder. The funder's money pays lines
    from the oldest on; payouts that waited for them may leave. Raises TransitionRefused, ClaimOverpaid,
    PaymentDayWrong, PaymentKnown.
    """
    claim = locked_claim(claim_id)
    CLAIM.check(claim, "pay", "operator")
    sign = -1 if claim.gives_back else 1
    signed = sign * amount_cents
    if not 0 < amount_cents <= abs(claim.left_cents):
        raise ClaimOverpaid(left=format_money(abs(claim.left_cents)))
    today = legal_date(current_tenant(), timezone.now())
    if claim.submitted_on is None or not claim.submitted_on <= paid_on <= today:
        raise PaymentDayWrong()
    reference = bank_reference.strip()[:140]
    if claim.payments.filter(bank_reference=reference, corrected_at=None).exists():
        raise PaymentKnown()
    payment = ClaimPayment.objects.create(
        claim=claim, amount_cents=signed, paid_on=paid_on, bank_reference=reference, recorded_by=user
    )
    claim.paid_cents += signed
    bank, funder = AccountCode.BANK, AccountCode.OWED_BY_FUNDERS
    post_entry(
        source=f"claim-payment:{payment.pk}",
        kind=EntryKind.CLAIM_PAID,
        occurred_on=paid_on,
        memo=f"{claim.number} {reference}",
        postings=(
            [debit(bank, amount_cents), credit(funder, amount_cents, claim.funder)]
            if sign > 0
            else [debit(funder, amount_cents, claim.funder), credit(bank, amount_cents)]
        ),
        recorded_by=user,
    )
    if claim.left_cents == 0:
        _settle(claim)
    else:
        CLAIM.apply(claim, "pay", "operator")
        claim.save()
        fund_covered(claim)
    return payment


@transaction.atomic
def correct_claim_payment(*, payment_id: int, reason: str, user: User | None) -> Claim:
    """A payment was noted by mistake: a mirrored entry undoes it and the claim is open again for it.

    Nothing is edited. Lines that are not covered any more wait for the funder again, and so do payouts that
    waited for it and have not left; a transfer that was made stays made. Raises PaymentAlreadyCorrected,
    CorrectionUnexplained.
    """
    claim = locked_claim(ClaimPayment.objects.values_list("claim_id", flat=True).get(pk=payment_id))
    payment = ClaimPayment.objects.select_for_update(of=("self",)).get(pk=payment_id)
    if payment.corrected_at is not None:
        raise PaymentAlreadyCorrected()
    if not reason.strip():
        raise CorrectionUnexplained()
    payment.corrected_at, payment.corrected_by = timezone.now(), user
    payment.correction_reason = reason.strip()[:300]
    payment.save(update_fields=["corrected_at", "corrected_by", "correction_reason"])
    post_entry(
        source=f"claim-payment-corrected:{payment.pk}",
        kind=EntryKind.CLAIM_PAID,
        occurred_on=legal_date(current_tenant(), payment.corrected_at),
        memo=f"{claim.number} {payment.bank_reference}",
        postings=[
            PostingInput(AccountCode.BANK, -payment.amount_cents),
            PostingInput(AccountCode.OWED_BY_FUNDERS, payment.amount_cents, claim.funder),
        ],
        recorded_by=user,
    )
    claim.paid_cents -= payment.amount_cents
    CLAIM.apply(claim, "reopen" if claim.paid_cents else "reopen_whole", "operator")
    claim.settled_at = None
    claim.save()
    unfund_uncovered(claim)
    return claim


@transaction.atomic
def store_pdf(*, claim_id: int, pdf: bytes) -> None:
    """Keep the rendered page; the first one stays."""
    ClaimDocument.objects.get_or_create(claim_id=claim_id, defaults={"pdf": pdf})


def _settle(claim: Claim) -> None:
    CLAIM.apply(claim, "settle", "operator")
    claim.settled_at = timezone.now()
    claim.save()
    fund_covered(claim)


def _book_returns(claim: Claim, *, source: str, on: date, way: int) -> None:
    """What is to be given back to the funder is asked less of it from now on; `way` -1 undoes that."""
    if not claim.returns_cents:
        return
    first, second = AccountCode.FUNDER_ADVANCES, AccountCode.OWED_BY_FUNDERS
    if way < 0:
        first, second = second, first
    post_entry(
        source=source,
        kind=EntryKind.CLAIM,
        occurred_on=on,
        memo=claim.number,
        postings=[
            debit(first, claim.returns_cents, claim.funder),
            credit(second, claim.returns_cents, claim.funder),
        ],
    )


def _parts_of(claim: Claim) -> list[VoucherPart]:
    return [line.part for line in claim.lines.select_related("part") if line.part is not None]


def _returns_of(claim: Claim) -> list[VoucherReturn]:
    lines = claim.lines.select_related("voucher_return")
    return [line.voucher_return for line in lines if line.voucher_return is not None]


def _next_number(on: date) -> str:
    """`NA-D-2026-0001`: the tenant's code, D for demande, the legal year, without gaps."""
    ClaimSequence.objects.get_or_create(year=on.year)
    sequence = ClaimSequence.objects.select_for_update(of=("self",)).get(year=on.year)
    sequence.last_number += 1
    sequence.save(update_fields=["last_number"])
    return f"{current_tenant().number_code}-D-{on.year}-{sequence.last_number:0{DIGITS}d}"

"""Disputes: the client opens or withdraws one, the operator decides it with a split of the money."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from billing.charges.lifecycle import ReleaseState
from billing.charges.queries import item_amounts
from billing.payouts.splits import Split, decide_split, disputable_cents, preview_split
from kernel.outbox.operations import enqueue
from kernel.web.formats import format_money
from services.orders.errors import DecidedBefore, ReasonMissing, WantedAmountWrong
from services.orders.lifecycle import (
    BUSINESS,
    DISPUTE,
    LINE,
    OPERATOR,
    RESUMED,
    DisputeState,
    LineState,
    MilestoneState,
)
from services.orders.locking import lock_line_and_charge
from services.orders.models import Dispute, OrderLine, TimelineEntry, Wanted
from services.orders.notices import notify_business, notify_provider
from services.orders.operations.close import CLOSED_AFTER
from services.orders.transitions import milestones_of, move_line, move_milestone


@transaction.atomic
def open_dispute(
    *, key: str, actor: Any, reason: str, wanted: str, wanted_cents: int | None = None
) -> Dispute:
    """The client disputes a line: its clocks stand still until the operator decides.

    ``wanted_cents`` (incl. VAT) goes with `Wanted.PART` only. Takes the lock of the charge.
    Raises LineNotFound, ReasonMissing, WantedAmountWrong, DecidedBefore, TransitionRefused, BothSides.
    """
    if not reason.strip():
        raise ReasonMissing()
    line = lock_line_and_charge(key)
    LINE.check(line, "dispute", BUSINESS)
    if Dispute.objects.filter(line=line, state=DisputeState.DECIDED).exists():
        raise DecidedBefore()
    most = disputable_cents(line.key)
    if wanted == Wanted.PART and not 0 < (wanted_cents or 0) <= most:
        raise WantedAmountWrong(most=format_money(most))
    now = timezone.now()
    dispute = Dispute.objects.create(
        line=line,
        from_state=line.state,
        reason=reason.strip(),
        wanted=wanted,
        wanted_cents=wanted_cents if wanted == Wanted.PART else None,
        opened_by=actor,
        opened_at=now,
    )
    move_line(line, "dispute", role=BUSINESS, actor=actor, note=dispute.reason, now=now)
    notify_provider("disputed", line, _last_step(line), reason=dispute.reason)
    return dispute


@transaction.atomic
def withdraw_dispute(*, key: str, actor: Any) -> OrderLine:
    """The client takes the dispute back: the line goes on where it was, its clocks begin anew.

    Raises LineNotFound, TransitionRefused, BothSides.
    """
    line = lock_line_and_charge(key)
    dispute = _open_dispute(line, BUSINESS, "resume_accepted")
    now = timezone.now()
    DISPUTE.apply(dispute, "withdraw", BUSINESS)
    dispute.ended_at, dispute.ended_by = now, actor
    dispute.save(update_fields=["state", "ended_at", "ended_by"])
    move_line(line, RESUMED[LineState(dispute.from_state)], role=BUSINESS, actor=actor, now=now)
    _close_later(line, dispute)
    notify_provider("dispute_withdrawn", line, _last_step(line))
    return line


@transaction.atomic
def decide_dispute(*, key: str, actor: Any, refund_cents: int, bearer: str, decision: str) -> Split:
    """The operator decides: ``refund_cents`` (incl. VAT) go back to the client, the rest is the provider's.

    Parts that are released become approved milestones, those that go back whole are cancelled.
    Raises LineNotFound, ReasonMissing, TransitionRefused, and what `decide_split` refuses.
    """
    if not decision.strip():
        raise ReasonMissing()
    line = lock_line_and_charge(key)
    dispute = _open_dispute(line, OPERATOR, "decide_approved")
    now = timezone.now()
    split = decide_split(item_key=line.key, refund_cents=refund_cents, bearer=bearer, reason=decision.strip())
    DISPUTE.apply(dispute, "decide", OPERATOR)
    dispute.ended_at, dispute.ended_by = now, actor
    dispute.refund_cents, dispute.bearer = refund_cents, bearer
    dispute.decision = decision.strip()
    dispute.save()
    kept = _follow_money(line, actor=actor, now=now)
    name = "decide_approved" if kept else "decide_refunded"
    move_line(line, name, role=OPERATOR, actor=actor, note=dispute.decision, now=now)
    _close_later(line, dispute)
    step = _last_step(line)
    told: dict[str, Any] = {"refund_cents": split.to_buyer_cents, "decision": dispute.decision}
    notify_business("dispute_decided", line, step, **told)
    notify_provider("dispute_decided", line, step, **told, net_cents=split.seller_cents)
    return split


def preview_decision(*, line: OrderLine, refund_cents: int, bearer: str) -> Split:
    """What a decision would do, to the cent; nothing stays of it. Raises what `decide_split` refuses."""
    return preview_split(item_key=line.key, refund_cents=refund_cents, bearer=bearer)


def _open_dispute(line: OrderLine, role: str, act: str) -> Dispute:
    LINE.check(line, act, role)
    return Dispute.objects.select_for_update(of=("self",)).get(line=line, state=DisputeState.OPEN)


def _follow_money(line: OrderLine, *, actor: Any, now: Any) -> bool:
    """Bring the milestones to where their money is; whether the provider keeps any."""
    amounts = item_amounts([line.key])[line.key]
    for milestone in milestones_of(line):
        if milestone.state in (MilestoneState.APPROVED, MilestoneState.CANCELLED):
            continue
        released = amounts.releases[milestone.key].state == ReleaseState.RELEASED
        move_milestone(milestone, "decide" if released else "cancel", role=OPERATOR, actor=actor, now=now)
    return amounts.refunded_cents < amounts.incl_cents


def _close_later(line: OrderLine, dispute: Dispute) -> None:
    if line.state == LineState.APPROVED:
        enqueue(
            "orders.close_line",
            due_at=timezone.now() + CLOSED_AFTER,
            dedupe_key=f"close_line:{line.key}:{dispute.pk}",
            key=line.key,
        )


def _last_step(line: OrderLine) -> TimelineEntry:
    return TimelineEntry.objects.filter(line=line, milestone=None).latest("id")

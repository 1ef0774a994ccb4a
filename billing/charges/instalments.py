"""Paying a charge in instalments: opened with it, called when due, paid one by one, waived last first.

Every function expects the charge locked by the caller, inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone

from billing.charges import cofunding
from billing.charges.delivery import record_event
from billing.charges.errors import BalanceOpen, ChargeNotPaid, InstalmentsDiffer
from billing.charges.inputs import Due, InstalmentInput
from billing.charges.instalment_models import ChargeInstalment
from billing.charges.lifecycle import CHARGE, INSTALMENT, OPEN_INSTALMENTS, ChargeState, InstalmentState
from billing.charges.models import Charge
from billing.events import CHARGE_PAID, INSTALMENT_PAID
from kernel.money import allocate

SMALLEST_CENTS = 50
"""What gateways take at least."""


@dataclass(frozen=True)
class DueNow:
    """What the buyer can pay of a charge now, in cents; no instalment where it is paid at once."""

    amount_cents: int
    instalment: ChargeInstalment | None


def open_instalments(*, charge: Charge, wanted: Sequence[InstalmentInput]) -> list[ChargeInstalment]:
    """Divide what a new charge leaves to pay; one instalment, or nothing to pay, needs no rows.

    Shares are divided by largest remainder; amounts, where given, must sum to it. Raises InstalmentsDiffer.
    """
    if len(wanted) < 2 or charge.to_pay_cents == 0:
        return []
    amounts = _amounts(charge.to_pay_cents, wanted)
    if wanted[0].due != Due.AT_OPENING or min(amounts) < SMALLEST_CENTS:
        raise InstalmentsDiffer()
    begins = [0, *accumulate(amounts)]
    now = timezone.now()
    return ChargeInstalment.objects.bulk_create(
        ChargeInstalment(
            charge=charge,
            key=one.key,
            label=one.label,
            position=position,
            begins_cents=begins[position - 1],
            amount_cents=amount,
            whole_cents=charge.to_pay_cents,
            due=one.due,
            state=InstalmentState.DUE if one.due == Due.AT_OPENING else InstalmentState.PENDING,
            called_at=now if one.due == Due.AT_OPENING else None,
        )
        for position, (one, amount) in enumerate(zip(wanted, amounts, strict=True), start=1)
    )


def due_now(charge: Charge) -> DueNow | None:
    """What the buyer can pay now: the first instalment that is due, or all of it. None when nothing is."""
    if charge.state == ChargeState.PART_PAID:
        first = charge.instalments.filter(state=InstalmentState.DUE).order_by("position").first()
        return DueNow(first.amount_cents, first) if first is not None else None
    if charge.state != ChargeState.AWAITING_PAYMENT or charge.to_pay_cents <= 0:
        return None
    first = charge.instalments.filter(state=InstalmentState.DUE).order_by("position").first()
    return DueNow(first.amount_cents, first) if first is not None else DueNow(charge.to_pay_cents, None)


def open_cents(charge: Charge) -> int:
    """What instalments of a charge still ask for, in cents, due or not."""
    rows = charge.instalments.filter(state__in=OPEN_INSTALMENTS)
    return rows.aggregate(total=Sum("amount_cents"))["total"] or 0


@transaction.atomic
def call_instalments(*, charge: Charge, due: str) -> list[ChargeInstalment]:
    """What was promised for this moment falls due; told twice, it changes nothing."""
    called = []
    for one in charge.instalments.filter(state=InstalmentState.PENDING, due=due).order_by("position"):
        INSTALMENT.apply(one, "call", "billing")
        one.called_at = timezone.now()
        one.save(update_fields=["state", "called_at"])
        called.append(one)
    return called


@transaction.atomic
def pay_instalment(*, charge: Charge, instalment_id: int, paid_at: datetime) -> None:
    """Received money covers one instalment; INSTALMENT_PAID is written, with the last one CHARGE_PAID too.

    The first one of a lapsed charge revives it, and the others that lapsed with it are due again.
    Raises TransitionRefused: the caller owes the money back.
    """
    one = charge.instalments.get(pk=instalment_id)
    was_lapsed = charge.state == ChargeState.LAPSED
    is_first = charge.state != ChargeState.PART_PAID
    unfunded = cofunding.revive(charge) if was_lapsed else frozenset()
    INSTALMENT.apply(one, "pay", "billing")
    one.paid_at = paid_at
    one.save(update_fields=["state", "paid_at"])
    if was_lapsed:
        for other in charge.instalments.filter(state=InstalmentState.LAPSED):
            INSTALMENT.apply(other, "revive", "billing")
            other.save(update_fields=["state"])
    CHARGE.apply(charge, "pay_part", "billing")
    charge.ended_at, charge.end_reason = None, ""
    charge.save(update_fields=["state", "ended_at", "end_reason"])
    record_event(
        charge,
        INSTALMENT_PAID,
        key=one.key,
        label=one.label,
        amount_cents=one.amount_cents,
        paid_at=paid_at.isoformat(),
        is_first=is_first,
        was_lapsed=was_lapsed,
        unfunded=sorted(unfunded),
    )
    # A subscriber may have given back what was sold: then nothing is open any more, and it is settled.
    charge.refresh_from_db()
    settle_if_all_paid(charge=charge, paid_at=paid_at)


def waive(*, charge: Charge, cents: int) -> int:
    """Parts worth `cents` of what the buyer pays are cancelled: what is not paid yet is asked for less, the
    last instalment first. The cents left that were received and are to be given back.
    """
    if charge.state != ChargeState.PART_PAID:
        return cents
    left = cents
    for one in charge.instalments.filter(state__in=OPEN_INSTALMENTS).order_by("-position"):
        if left >= one.amount_cents:
            left -= one.amount_cents
            INSTALMENT.apply(one, "waive", "billing")
            one.save(update_fields=["state"])
        elif left:
            one.amount_cents -= left
            one.save(update_fields=["amount_cents"])
            left = 0
    return left


def settle_if_all_paid(*, charge: Charge, paid_at: datetime) -> None:
    """Nothing is left to ask for of a charge paid in part: it is paid, CHARGE_PAID is written."""
    if charge.state != ChargeState.PART_PAID or open_cents(charge):
        return
    CHARGE.apply(charge, "settle", "billing")
    charge.paid_at = paid_at
    charge.save(update_fields=["state", "paid_at"])
    record_event(charge, CHARGE_PAID, paid_at=paid_at.isoformat(), was_lapsed=False, unfunded=[])


def end_instalments(*, charge: Charge, transition: str) -> None:
    """A charge that nobody paid lapses or is cancelled, and its instalments with it."""
    for one in charge.instalments.filter(state__in=OPEN_INSTALMENTS):
        if transition == "cancel" or one.state == InstalmentState.DUE:
            INSTALMENT.apply(one, transition, "billing")
            one.save(update_fields=["state"])


def require_payable(*, charge: Charge, instalment_id: int, amount_cents: int) -> str:
    """Why money for an instalment is of no use: a code for staff, empty when it pays it."""
    one = charge.instalments.get(pk=instalment_id)
    if charge.state not in {ChargeState.AWAITING_PAYMENT, ChargeState.LAPSED, ChargeState.PART_PAID}:
        return f"charge_{charge.state}"
    if one.state not in {InstalmentState.DUE, InstalmentState.LAPSED}:
        return f"instalment_{one.state}"
    return "" if one.amount_cents == amount_cents else "instalment_changed"


def require_all_paid(charge: Charge) -> None:
    """Money leaves only once all of it was received. Raises BalanceOpen, ChargeNotPaid."""
    if charge.state == ChargeState.PART_PAID:
        raise BalanceOpen()
    if charge.state != ChargeState.PAID:
        raise ChargeNotPaid()


def _amounts(whole_cents: int, wanted: Sequence[InstalmentInput]) -> list[int]:
    given = [one.amount_cents for one in wanted]
    if all(cents is None for cents in given):
        return allocate(whole_cents, [one.share for one in wanted])
    amounts = [cents for cents in given if cents is not None]
    if len(amounts) != len(given) or sum(amounts) != whole_cents:
        raise InstalmentsDiffer()
    return amounts

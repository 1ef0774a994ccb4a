"""What can be asked of payments: how a charge is being paid, and what staff should look at."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet, Sum

from billing.charges.lifecycle import ChargeState
from billing.charges.models import Charge
from billing.payments.lifecycle import OPEN, DisputeState, PaymentState, RefundState
from billing.payments.models import (
    DeliveryState,
    FollowUp,
    GatewayDelivery,
    GatewayDispute,
    Payment,
    Refund,
    RefundOrigin,
)

OPEN_TOO_LONG = timedelta(minutes=90)
UNANSWERED_TOO_LONG = timedelta(minutes=5)
DEBIT_TOO_LONG = timedelta(days=14)
"""Banks answer a direct debit within a few working days."""


def current_payment(charge: Charge) -> Payment | None:
    """The payment that tells how a charge stands: the one that paid it, else the latest attempt.

    Of a charge paid in part the latest attempt: at the deposit, then at the balance.
    """
    payments = Payment.objects.filter(charge=charge)
    if charge.state == ChargeState.PART_PAID:
        return payments.order_by("-attempt").first()
    return payments.filter(state=PaymentState.SUCCEEDED).first() or payments.order_by("-attempt").first()


def transfer_source(charge_id: int) -> str | None:
    """The gateway charge out of which sellers of a charge are paid; None if no payment of ours paid it."""
    paid = Payment.objects.filter(charge_id=charge_id, state=PaymentState.SUCCEEDED)
    return paid.values_list("gateway_charge_id", flat=True).first() or None


def refunds_of_items(keys: Iterable[str]) -> dict[str, list[Refund]]:
    """Latest attempts to refund, by item key, oldest first, in one query."""
    rows = Refund.objects.filter(charge_item__key__in=list(keys), retry=None).select_related("charge_item")
    found: dict[str, list[Refund]] = {}
    for refund in rows.order_by("pk"):
        if refund.charge_item is not None:
            found.setdefault(refund.charge_item.key, []).append(refund)
    return found


def payments_to_look_at(now: datetime) -> QuerySet[Payment]:
    """Payments with a next action for staff, oldest first: stuck, received apart, refused by the gateway."""
    stuck = (
        Q(state=PaymentState.PENDING, created_at__lt=now - OPEN_TOO_LONG)
        | Q(state=PaymentState.PROCESSING, created_at__lt=now - DEBIT_TOO_LONG)
        | Q(state__in=(PaymentState.CREATED, PaymentState.UNKNOWN), created_at__lt=now - UNANSWERED_TOO_LONG)
    )
    apart = Q(state__in=(PaymentState.QUARANTINED, PaymentState.OWED_BACK))
    refused = Q(state=PaymentState.FAILED, seen_by_staff_at=None)
    rows = Payment.objects.filter(stuck | apart | refused).select_related("charge__buyer")
    return rows.annotate(
        returning_cents=Sum("refunds__amount_cents", filter=Q(refunds__retry=None))
    ).order_by("created_at", "pk")


def deliveries_to_look_at(now: datetime) -> QuerySet[GatewayDelivery]:
    """Events that were stored and not understood, oldest first, without their bodies."""
    waiting = Q(state=DeliveryState.STORED, received_at__lt=now - UNANSWERED_TOO_LONG)
    rows = GatewayDelivery.objects.filter(waiting | Q(state=DeliveryState.UNMATCHED))
    return rows.select_related("account").defer("body").order_by("received_at", "pk")


def refunds_to_look_at(now: datetime) -> QuerySet[Refund]:
    """Refunds that failed and were not tried again, whose end is late, or made without us, oldest first."""
    late = Q(
        state__in=(RefundState.REQUESTED, RefundState.PENDING), requested_at__lt=now - UNANSWERED_TOO_LONG
    )
    found = Q(origin=RefundOrigin.GATEWAY, state=RefundState.DONE, cleared_at=None)
    # What was borne, or of which nobody had said what it was for, is due to nobody when it comes back.
    borne = Q(
        origin=RefundOrigin.GATEWAY,
        charge_item=None,
        payment__state__in=[PaymentState.SUCCEEDED, PaymentState.CHARGED_BACK],
    )
    failed = Q(state=RefundState.FAILED) & ~borne
    rows = Refund.objects.filter(late | failed | found, retry=None)
    return rows.select_related("payment__charge__buyer", "charge_item", "meant_for").order_by(
        "requested_at", "pk"
    )


def disputes_to_look_at() -> QuerySet[GatewayDispute]:
    """Disputes that the bank has not decided, or that are lost and nobody bears yet; the soonest first."""
    waiting = Q(state=DisputeState.OPEN) | Q(state=DisputeState.LOST, decided_at=None)
    rows = GatewayDispute.objects.filter(waiting).select_related("payment__charge__buyer")
    return rows.order_by("due_by", "pk")


def has_standing_dispute(charge_id: int) -> bool:
    """Whether a buyer's bank has taken money of this charge back and it is not won or decided."""
    standing = Q(state=DisputeState.OPEN) | Q(state=DisputeState.LOST, decided_at=None)
    return GatewayDispute.objects.filter(standing, payment__charge=charge_id).exists()


def follow_ups_of(keys: Iterable[tuple[str, int]]) -> dict[tuple[str, int], FollowUp]:
    """The latest step of staff with each row, in one statement."""
    wanted: dict[str, list[int]] = {}
    for subject, object_id in keys:
        wanted.setdefault(subject, []).append(object_id)
    if not wanted:
        return {}
    condition = Q()
    for subject, ids in wanted.items():
        condition |= Q(subject=subject, object_id__in=ids)
    rows = FollowUp.objects.filter(condition).select_related("assignee", "author").order_by("pk")
    return {(row.subject, row.object_id): row for row in rows}


def history_of(subject: str, object_id: int) -> QuerySet[FollowUp]:
    """All steps of staff with one row, latest first."""
    return FollowUp.objects.filter(subject=subject, object_id=object_id).select_related("assignee", "author")


def money_alarms(now: datetime) -> int:
    """How many rows of the four lists wait for staff."""
    return (
        payments_to_look_at(now).count()
        + deliveries_to_look_at(now).count()
        + refunds_to_look_at(now).count()
        + disputes_to_look_at().count()
    )


def open_payment_count() -> int:
    """Payments that the bank may still take money for."""
    return Payment.objects.filter(state__in=OPEN).count()

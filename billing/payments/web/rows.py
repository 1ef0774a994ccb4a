"""Rows of the list of waiting money: what each is, why it waits, and the next acts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from billing.payments import queries
from billing.payments.lifecycle import DisputeState, PaymentState, RefundState
from billing.payments.models import (
    DeliveryState,
    FollowUp,
    GatewayDelivery,
    GatewayDispute,
    Payment,
    Refund,
    RefundOrigin,
    Subject,
)
from billing.payments.web import words
from kernel.web.lists import Listing, Lists, read_lists
from kernel.web.states import StateWord

BUYER = ("charge__reference", "charge__buyer__legal_name", "charge__buyer__trade_name")
PAID_BY = tuple(f"payment__{name}" for name in BUYER)


@dataclass(frozen=True)
class Act:
    """A next act: a button that posts, or a link to the page that asks for confirmation."""

    label: str
    url: str
    asks_first: bool = False


@dataclass
class Row:
    """One row, whatever it is about."""

    subject: Subject
    object_id: int
    key: str
    """Public name in addresses."""
    heading: str
    detail: str
    word: StateWord
    explanation: list[Any]
    since: datetime
    acts: list[Act]
    cents: int | None = None
    currency: str = "EUR"
    can_be_put_away: bool = False
    follow_up: FollowUp | None = field(default=None)

    @property
    def follow_url(self) -> str:
        """Where it is given to somebody, noted, put away."""
        return reverse("payments:follow", args=[self.subject.value, self.key])


def waiting(now: datetime, asked: QueryDict) -> Lists:
    """The lists as the address asks for them; as many statements whatever their number of rows."""
    lists = read_lists(
        [
            Listing("disputes", _("Contestations"), queries.disputes_to_look_at(), PAID_BY, dispute_row),
            Listing("payments", _("Paiements"), queries.payments_to_look_at(now), BUYER, payment_row),
            Listing("refunds", _("Remboursements"), queries.refunds_to_look_at(now), PAID_BY, refund_row),
            Listing(
                "deliveries",
                _("Notifications de la passerelle"),
                queries.deliveries_to_look_at(now),
                ("event_id", "kind"),
                delivery_row,
            ),
        ],
        asked,
    )
    rows = [row for section in lists.sections for row in section.rows]
    steps = queries.follow_ups_of((row.subject, row.object_id) for row in rows)
    for row in rows:
        row.follow_up = steps.get((row.subject, row.object_id))
    return lists


def row_of(subject: str, thing: Any) -> Row:
    """The row of one thing."""
    builders: dict[str, Any] = {
        Subject.PAYMENT: payment_row,
        Subject.REFUND: refund_row,
        Subject.DELIVERY: delivery_row,
        Subject.DISPUTE: dispute_row,
    }
    row: Row = builders[subject](thing)
    return row


def payment_row(payment: Payment) -> Row:
    """A payment; `returning_cents` is annotated by the list's query."""
    return Row(
        subject=Subject.PAYMENT,
        object_id=payment.pk,
        key=str(payment.public_id),
        heading=payment.charge.reference,
        detail=payment.charge.buyer.display_name,
        word=words.payment_word(payment),
        explanation=[words.explanation(payment)],
        since=payment.created_at,
        acts=_payment_acts(payment),
        cents=payment.received_cents or payment.amount_cents,
        currency=payment.received_currency or payment.currency,
        can_be_put_away=payment.state == PaymentState.FAILED and payment.seen_by_staff_at is None,
    )


def _payment_acts(payment: Payment) -> list[Act]:
    if payment.state in {PaymentState.QUARANTINED, PaymentState.OWED_BACK}:
        if getattr(payment, "returning_cents", None):
            return []
        return [Act(_("Rembourser"), _url("give_back", payment), asks_first=True)]
    if payment.is_open:
        return [Act(_("Interroger la passerelle"), _url("check", payment))]
    return []


def refund_row(refund: Refund) -> Row:
    """A refund that failed, is late, or was made without us."""
    if refund.state == RefundState.FAILED:
        acts = [Act(_("Relancer"), _url("retry_refund", refund))]
    elif refund.origin == RefundOrigin.GATEWAY:
        split = reverse("payouts:split_found", args=[refund.public_id])
        acts = [
            Act(_("Répartir"), split, asks_first=True),
            Act(_("Faire supporter à l’espace"), _url("bear_refund", refund), asks_first=True),
        ]
    else:
        acts = [Act(_("Interroger la passerelle"), _url("check_refund", refund))]
    return Row(
        subject=Subject.REFUND,
        object_id=refund.pk,
        key=str(refund.public_id),
        heading=refund.payment.charge.reference,
        detail=refund.payment.charge.buyer.display_name,
        word=words.refund_word(refund),
        explanation=[words.refund_explanation(refund)],
        since=refund.requested_at,
        acts=acts,
        cents=refund.amount_cents,
        currency=refund.currency,
    )


def dispute_row(dispute: GatewayDispute) -> Row:
    """A charge that a buyer's bank took back."""
    acts = [Act(_("Interroger la passerelle"), _url("check_dispute", dispute))]
    if dispute.state == DisputeState.LOST:
        acts = [Act(_("Décider qui supporte"), _url("decide_dispute", dispute), asks_first=True)]
    return Row(
        subject=Subject.DISPUTE,
        object_id=dispute.pk,
        key=str(dispute.public_id),
        heading=dispute.payment.charge.reference,
        detail=dispute.payment.charge.buyer.display_name,
        word=words.dispute_word(dispute),
        explanation=words.dispute_explanation(dispute),
        since=dispute.opened_at,
        acts=acts,
        cents=dispute.amount_cents,
        currency=dispute.currency,
    )


def delivery_row(delivery: GatewayDelivery) -> Row:
    """An event that names nothing of ours."""
    return Row(
        subject=Subject.DELIVERY,
        object_id=delivery.pk,
        key=delivery.event_id,
        heading=delivery.kind,
        detail=delivery.event_id,
        word=words.delivery_word(delivery),
        explanation=[],
        since=delivery.received_at,
        acts=[Act(_("Traiter à nouveau"), reverse("payments:apply_delivery", args=[delivery.event_id]))],
        can_be_put_away=delivery.state == DeliveryState.UNMATCHED,
    )


def _url(name: str, row: Payment | Refund | GatewayDispute) -> str:
    return reverse(f"payments:{name}", args=[row.public_id])

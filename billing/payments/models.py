"""Gateway accounts, attempts to pay, what the gateway told us, attempts to give back."""

from __future__ import annotations

import secrets
import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.payments.choices import Bearer, GatewayKind, PaymentMethod, RefundOrigin
from billing.payments.dispute_models import GatewayDispute
from billing.payments.follow_up_models import FollowUp, Subject
from billing.payments.lifecycle import OPEN, RECEIVED, PaymentState, RefundState

__all__ = [
    "Bearer",
    "DeliveryState",
    "FollowUp",
    "GatewayAccount",
    "GatewayDelivery",
    "GatewayDispute",
    "GatewayEndpoint",
    "GatewayKind",
    "Payment",
    "PaymentMethod",
    "Refund",
    "RefundOrigin",
    "Subject",
]


class DeliveryState(models.TextChoices):
    """What became of an event that the gateway posted."""

    STORED = "stored", _("À traiter")
    APPLIED = "applied", _("Traitée")
    IGNORED = "ignored", _("Sans objet ici")
    UNMATCHED = "unmatched", _("Ne correspond à aucun paiement")


def new_endpoint_id() -> str:
    """The unguessable part of a webhook address."""
    return secrets.token_urlsafe(24)


class GatewayAccount(models.Model):
    """The tenant's account at a gateway; its secrets are sealed, its webhook address is opaque."""

    kind = models.CharField(max_length=10, choices=GatewayKind)
    account_id = models.CharField(max_length=80, blank=True)
    secret_key_sealed = models.TextField(blank=True)
    endpoint_id = models.CharField(max_length=40, default=new_endpoint_id, editable=False)
    gateway_endpoint_id = models.CharField(max_length=80, blank=True)
    webhook_secret_sealed = models.TextField(blank=True)
    active = models.BooleanField(default=False)
    bad_signatures = models.IntegerField(default=0)
    """Postings refused for their signature; nothing else of them is kept."""
    last_bad_signature_at = models.DateTimeField(null=True, blank=True)
    events_read_until = models.DateTimeField(null=True, blank=True)
    """Creation of the latest event up to which the reconciler has read the gateway's own list whole."""
    events_cursor = models.CharField(max_length=120, blank=True, default="")
    """The oldest event read of a list that is not read whole yet: the next round goes on behind it."""
    events_pass_began_at = models.DateTimeField(null=True, blank=True)
    """When the reading of that list began; it bounds how far back it goes."""
    events_pass_newest_at = models.DateTimeField(null=True, blank=True)
    """Creation of the latest event of that list: read until there once it is read whole."""
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["endpoint_id"], name="payments_account_endpoint_unique"),
            models.UniqueConstraint(
                fields=["active"], condition=Q(active=True), name="payments_account_one_active"
            ),
            models.UniqueConstraint(
                fields=["kind", "account_id"],
                condition=~Q(account_id=""),
                name="payments_account_gateway_id_unique",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=GatewayKind.values), name="payments_account_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(active=False)
                | (~Q(account_id="") & ~Q(secret_key_sealed="") & ~Q(webhook_secret_sealed="")),
                name="payments_account_active_complete",
            ),
            models.CheckConstraint(
                condition=Q(
                    events_cursor="", events_pass_began_at__isnull=True, events_pass_newest_at__isnull=True
                )
                | (~Q(events_cursor="") & Q(events_pass_began_at__isnull=False)),
                name="payments_account_cursor_has_pass",
            ),
            models.CheckConstraint(
                condition=Q(bad_signatures__gte=0), name="payments_account_bad_signatures_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.account_id}"


class GatewayEndpoint(models.Model):
    """Another webhook address of an account: its successor while secrets are rolled, or a second listener."""

    account = models.ForeignKey(GatewayAccount, on_delete=models.PROTECT, related_name="endpoints")
    endpoint_id = models.CharField(max_length=40, default=new_endpoint_id, editable=False)
    gateway_endpoint_id = models.CharField(max_length=80, blank=True)
    webhook_secret_sealed = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["endpoint_id"], name="payments_endpoint_id_unique")]

    def __str__(self) -> str:
        return self.gateway_endpoint_id


class Payment(models.Model):
    """One attempt to collect what a charge leaves to pay; committed before the gateway hears of it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    charge = models.ForeignKey("charges.Charge", on_delete=models.PROTECT, related_name="payments")
    instalment = models.ForeignKey(
        "charges.ChargeInstalment",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="payments",
    )
    """What it pays of a charge in instalments; empty where it pays all of it."""
    account = models.ForeignKey(GatewayAccount, on_delete=models.PROTECT, related_name="+")
    attempt = models.IntegerField()
    method = models.CharField(max_length=16, choices=PaymentMethod, default=PaymentMethod.CARD)
    amount_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="EUR")
    state = models.CharField(max_length=16, choices=PaymentState, default=PaymentState.CREATED)
    idempotency_key = models.CharField(max_length=160)
    request = models.JSONField()
    """What is sent to open the page, kept so that a repeated call says the very same."""
    session_id = models.CharField(max_length=120, blank=True)
    intent_id = models.CharField(max_length=120, blank=True)
    gateway_charge_id = models.CharField(max_length=120, blank=True)
    hosted_url = models.CharField(max_length=1000, blank=True)
    hosted_until = models.DateTimeField()
    received_cents = models.BigIntegerField(default=0)
    received_currency = models.CharField(max_length=3, blank=True)
    fee_cents = models.BigIntegerField(null=True, blank=True)
    failure_code = models.CharField(max_length=80, blank=True)
    """The bank's last refusal, or why the gateway would not open the page."""
    failed_charge_id = models.CharField(max_length=120, blank=True)
    problem = models.CharField(max_length=200, blank=True)
    """Why received money does not pay the charge; for staff."""
    created_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    seen_by_staff_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["idempotency_key"], name="payments_payment_key_unique"),
            models.UniqueConstraint(fields=["charge", "attempt"], name="payments_payment_attempt_unique"),
            models.UniqueConstraint(
                fields=["charge"], condition=Q(state__in=OPEN), name="payments_payment_one_open"
            ),
            models.UniqueConstraint(
                fields=["charge"],
                condition=Q(state=PaymentState.SUCCEEDED, instalment__isnull=True),
                name="payments_payment_one_success",
            ),
            models.UniqueConstraint(
                fields=["instalment"],
                condition=Q(state=PaymentState.SUCCEEDED),
                name="payments_payment_one_success_of_instalment",
            ),
            models.UniqueConstraint(
                fields=["account", "session_id"],
                condition=~Q(session_id=""),
                name="payments_payment_session_unique",
            ),
            models.CheckConstraint(
                condition=Q(state__in=PaymentState.values), name="payments_payment_state_known"
            ),
            models.CheckConstraint(
                condition=Q(method__in=PaymentMethod.values), name="payments_payment_method_known"
            ),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0, attempt__gte=1), name="payments_payment_amount_positive"
            ),
            models.CheckConstraint(
                condition=Q(state__in=RECEIVED, received_cents__gt=0, received_at__isnull=False)
                | (~Q(state__in=RECEIVED) & Q(received_cents=0, received_at__isnull=True)),
                name="payments_payment_received_has_amount",
            ),
            models.CheckConstraint(
                condition=~Q(state=PaymentState.SUCCEEDED)
                | Q(received_cents=F("amount_cents"), received_currency=F("currency")),
                name="payments_payment_success_is_exact",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "created_at"], name="payments_payment_by_state"),
            models.Index(fields=["intent_id"], condition=~Q(intent_id=""), name="payments_payment_by_intent"),
        ]

    def __str__(self) -> str:
        return self.idempotency_key

    @property
    def is_open(self) -> bool:
        """Whether the bank may still take money for it."""
        return self.state in OPEN

    @property
    def is_received(self) -> bool:
        """Whether money came in, whatever it is good for."""
        return self.state in RECEIVED


class GatewayDelivery(models.Model):
    """An event as the gateway posted it: raw bytes first, understanding after."""

    account = models.ForeignKey(GatewayAccount, on_delete=models.PROTECT, related_name="deliveries")
    event_id = models.CharField(max_length=120)
    kind = models.CharField(max_length=80)
    body = models.BinaryField()
    signature = models.CharField(max_length=500, blank=True)
    """Empty for an event that never came and was read from the gateway's list."""
    state = models.CharField(max_length=12, choices=DeliveryState, default=DeliveryState.STORED)
    repeats = models.IntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    received_at = models.DateTimeField(default=timezone.now)
    applied_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "event_id"], name="payments_delivery_event_unique"),
            models.CheckConstraint(
                condition=Q(state__in=DeliveryState.values), name="payments_delivery_state_known"
            ),
            models.CheckConstraint(
                condition=Q(repeats__gte=0), name="payments_delivery_repeats_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.APPLIED, applied_at__isnull=False)
                | ~Q(state=DeliveryState.APPLIED),
                name="payments_delivery_applied_has_instant",
            ),
        ]
        indexes = [models.Index(fields=["state", "received_at"], name="payments_delivery_by_state")]

    def __str__(self) -> str:
        return self.event_id


class Refund(models.Model):
    """One attempt to give back a part of a payment; a retry is a row that replaces the failed one."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    charge_item = models.ForeignKey(
        "charges.ChargeItem", null=True, blank=True, on_delete=models.PROTECT, related_name="refunds"
    )
    """Empty for money that never paid the charge (too late, twice, or of another amount)."""
    release_key = models.CharField(max_length=120, blank=True)
    amount_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    bearer = models.CharField(max_length=10, choices=Bearer)
    reason = models.CharField(max_length=500)
    state = models.CharField(max_length=12, choices=RefundState, default=RefundState.REQUESTED)
    idempotency_key = models.CharField(max_length=160)
    retry_of = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="retry"
    )
    origin = models.CharField(max_length=8, choices=RefundOrigin, default=RefundOrigin.HOUSE)
    cleared_at = models.DateTimeField(null=True, blank=True)
    """When money given back without us was booked to what it was for."""
    split_at = models.DateTimeField(null=True, blank=True)
    """When staff said that it was for several things: its pieces are rows of their own, it counts no more."""
    split_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="pieces"
    )
    meant_for = models.ForeignKey(
        "charges.ChargeItem", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Of a piece: the item whose refund it is to count for, and no other's."""
    gateway_refund_id = models.CharField(max_length=120, blank=True)
    failure_code = models.CharField(max_length=80, blank=True)
    requested_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["idempotency_key"], name="payments_refund_key_unique"),
            models.UniqueConstraint(
                fields=["gateway_refund_id"],
                condition=~Q(gateway_refund_id=""),
                name="payments_refund_gateway_id_unique",
            ),
            models.CheckConstraint(
                condition=Q(state__in=RefundState.values), name="payments_refund_state_known"
            ),
            models.CheckConstraint(
                condition=Q(bearer__in=Bearer.values), name="payments_refund_bearer_known"
            ),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="payments_refund_amount_positive"),
            models.CheckConstraint(
                condition=Q(origin__in=RefundOrigin.values), name="payments_refund_origin_known"
            ),
            models.CheckConstraint(
                condition=Q(cleared_at__isnull=True) | ~Q(origin=RefundOrigin.HOUSE),
                name="payments_refund_only_foreign_is_cleared",
            ),
            models.CheckConstraint(
                condition=Q(split_at__isnull=True)
                | Q(origin=RefundOrigin.GATEWAY, cleared_at__isnull=False, charge_item__isnull=True),
                name="payments_refund_split_is_cleared",
            ),
            models.CheckConstraint(
                condition=Q(split_of__isnull=True, meant_for__isnull=True)
                | Q(split_of__isnull=False, origin=RefundOrigin.GATEWAY, gateway_refund_id=""),
                name="payments_refund_piece_is_foreign",
            ),
            models.CheckConstraint(
                condition=~Q(state=RefundState.DONE) | Q(done_at__isnull=False),
                name="payments_refund_done_has_instant",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "requested_at"], name="payments_refund_by_state"),
            models.Index(
                fields=["requested_at"],
                condition=Q(origin=RefundOrigin.GATEWAY, state=RefundState.DONE, cleared_at__isnull=True),
                name="payments_refund_found",
            ),
        ]

    def __str__(self) -> str:
        return self.idempotency_key

    @property
    def root_id(self) -> int:
        """Key of the first attempt: the debt that all its retries serve."""
        row = self
        while row.retry_of is not None:
            row = row.retry_of
        return row.pk

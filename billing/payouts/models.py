"""Payout accounts, payouts and their legs, one leg per rail."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.payouts.debt_models import (
    DebtRecovery,
    RecoveryWay,
    ReleaseRefund,
    SellerDebt,
    SellerStanding,
    TransferReversal,
)
from billing.payouts.hold_models import HoldTerm
from billing.payouts.lifecycle import AccountState, LegState, PayoutState
from billing.payouts.statement_models import Statement

__all__ = [
    "DebtRecovery",
    "HoldTerm",
    "Payout",
    "PayoutAccount",
    "PayoutLeg",
    "Rail",
    "RecoveryWay",
    "ReleaseRefund",
    "SellerDebt",
    "SellerStanding",
    "Statement",
    "TransferReversal",
]


class PayoutAccount(models.Model):
    """The account at the gateway where a party is paid."""

    party = models.OneToOneField("parties.Party", on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=AccountState, default=AccountState.OPENING)
    gateway_account_id = models.CharField(max_length=120, blank=True)
    idempotency_key = models.CharField(max_length=120)
    """Sent with the request that opens the account, saved before it."""
    opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gateway_account_id"],
                condition=~Q(gateway_account_id=""),
                name="payouts_account_gateway_id_unique",
            ),
            models.UniqueConstraint(fields=["idempotency_key"], name="payouts_account_key_unique"),
            models.CheckConstraint(
                condition=Q(state__in=AccountState.values), name="payouts_account_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state=AccountState.ACTIVE) | ~Q(gateway_account_id=""),
                name="payouts_account_active_has_id",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.state}"


class Payout(models.Model):
    """What one release is worth to its seller: the price less the commission, both incl. VAT."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    seller = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    release = models.OneToOneField("charges.ChargeRelease", on_delete=models.PROTECT, related_name="payout")
    gross_cents = models.BigIntegerField()
    commission_cents = models.BigIntegerField()
    net_cents = models.BigIntegerField()
    netted_cents = models.BigIntegerField(default=0)
    """What of the net was kept for debts of the seller; the legs sum to the rest."""
    held_until = models.DateTimeField(null=True, blank=True)
    """Until when the payment's method keeps it back."""
    disputed_at = models.DateTimeField(null=True, blank=True)
    """Since when a dispute of the buyer's bank keeps it back; empty again once that is over."""
    currency = models.CharField(max_length=3, default="EUR")
    state = models.CharField(max_length=12, choices=PayoutState, default=PayoutState.READY)
    created_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=PayoutState.values), name="payouts_payout_state_known"
            ),
            models.CheckConstraint(
                condition=Q(gross_cents__gt=0, commission_cents__gte=0, net_cents__gte=0),
                name="payouts_payout_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(netted_cents__gte=0, netted_cents__lte=F("net_cents")),
                name="payouts_payout_netted_within_net",
            ),
            models.CheckConstraint(
                condition=~Q(state=PayoutState.HELD)
                | Q(held_until__isnull=False)
                | Q(disputed_at__isnull=False),
                name="payouts_payout_held_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(net_cents=F("gross_cents") - F("commission_cents")),
                name="payouts_payout_net_is_gross_less_commission",
            ),
        ]
        indexes = [
            models.Index(fields=["seller", "-id"], name="payouts_payout_by_seller"),
            models.Index(fields=["seller", "state"], name="payouts_payout_totals"),
            models.Index(fields=["state", "-id"], name="payouts_payout_by_state"),
            models.Index(
                fields=["disputed_at"],
                condition=Q(disputed_at__isnull=False),
                name="payouts_payout_disputed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.state}"


class Rail(models.TextChoices):
    """How money travels to the seller."""

    STRIPE_TRANSFER = "stripe_transfer", _("Passerelle de paiement")
    CREDIT_TRANSFER = "credit_transfer", _("Virement")


class PayoutLeg(models.Model):
    """One movement of a payout on one rail."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    payout = models.ForeignKey(Payout, on_delete=models.PROTECT, related_name="legs")
    rail = models.CharField(max_length=20, choices=Rail)
    source = models.ForeignKey(
        "payments.Payment", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    """The payment out of which it goes, where several paid the charge; empty otherwise."""
    amount_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="EUR")
    state = models.CharField(max_length=16, choices=LegState, default=LegState.READY)
    attempt = models.IntegerField(default=0)
    """Number of the deliberate attempt; a repeat of unknown outcome keeps it, and the key with it."""
    idempotency_key = models.CharField(max_length=120, blank=True)
    attempted_at = models.DateTimeField(null=True, blank=True)
    gateway_transfer_id = models.CharField(max_length=120, blank=True)
    expected_on = models.DateField(null=True, blank=True)
    """Legal date on which the funder's money for it is expected."""
    bank_reference = models.CharField(max_length=140, blank=True, default="")
    """What the bank statement says of a credit transfer."""
    reason_code = models.CharField(max_length=80, blank=True)
    """Why the leg is blocked, unknown or failed."""
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["payout", "rail"], condition=Q(source__isnull=True), name="payouts_leg_rail_unique"
            ),
            models.UniqueConstraint(fields=["payout", "source"], name="payouts_leg_source_unique"),
            models.CheckConstraint(
                condition=Q(source__isnull=True) | Q(rail=Rail.STRIPE_TRANSFER),
                name="payouts_leg_source_is_at_gateway",
            ),
            models.UniqueConstraint(
                fields=["idempotency_key"], condition=~Q(idempotency_key=""), name="payouts_leg_key_unique"
            ),
            models.UniqueConstraint(
                fields=["gateway_transfer_id"],
                condition=~Q(gateway_transfer_id=""),
                name="payouts_leg_transfer_unique",
            ),
            models.CheckConstraint(condition=Q(state__in=LegState.values), name="payouts_leg_state_known"),
            models.CheckConstraint(condition=Q(rail__in=Rail.values), name="payouts_leg_rail_known"),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0, attempt__gte=0), name="payouts_leg_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(sent_at__isnull=False) | ~Q(state__in=[LegState.SENT, LegState.RECEIVED]),
                name="payouts_leg_sent_has_instant",
            ),
            models.CheckConstraint(
                condition=~Q(state=LegState.AWAITS_FUNDER)
                | Q(rail=Rail.CREDIT_TRANSFER, expected_on__isnull=False),
                name="payouts_leg_awaited_has_date",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=~Q(state__in=[LegState.SENT, LegState.RECEIVED, LegState.CANCELLED]),
                name="payouts_leg_unsent",
            )
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.state}"

    @property
    def transfer_group(self) -> str:
        """Name under which the gateway finds the transfer of this leg again; one leg, one group."""
        return f"payout-leg-{self.public_id}"

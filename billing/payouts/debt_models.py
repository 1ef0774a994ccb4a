"""What sellers owe the operator, how it was recovered, and transfers taken back."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.payouts.lifecycle import ReversalState


class SellerStanding(models.Model):
    """The row that is locked before a seller's payouts and debts are weighed against each other."""

    party = models.OneToOneField("parties.Party", on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return str(self.party_id)


class SellerDebt(models.Model):
    """An amount that a seller owes because money was given back after it was paid out or released."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=120)
    """The ledger's source of the entry that made it."""
    release = models.ForeignKey(
        "charges.ChargeRelease", on_delete=models.PROTECT, related_name="seller_debts"
    )
    amount_cents = models.BigIntegerField()
    recovered_cents = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="EUR")
    reason = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "release"], name="payouts_debt_source_unique"),
            models.CheckConstraint(
                condition=Q(
                    amount_cents__gt=0, recovered_cents__gte=0, recovered_cents__lte=F("amount_cents")
                ),
                name="payouts_debt_recovered_within",
            ),
        ]
        indexes = [
            models.Index(
                fields=["party", "id"],
                condition=Q(recovered_cents__lt=F("amount_cents")),
                name="payouts_debt_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.party_id} {self.amount_cents - self.recovered_cents}"

    @property
    def open_cents(self) -> int:
        """What is still owed, in cents."""
        return self.amount_cents - self.recovered_cents


class TransferReversal(models.Model):
    """One attempt to take a sent transfer back for a debt; its key is saved before the call."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    debt = models.ForeignKey(SellerDebt, on_delete=models.PROTECT, related_name="reversals")
    leg = models.ForeignKey("payouts.PayoutLeg", on_delete=models.PROTECT, related_name="reversals")
    amount_cents = models.BigIntegerField()
    state = models.CharField(max_length=12, choices=ReversalState, default=ReversalState.REQUESTED)
    idempotency_key = models.CharField(max_length=120)
    gateway_reversal_id = models.CharField(max_length=120, blank=True)
    reason_code = models.CharField(max_length=80, blank=True)
    requested_at = models.DateTimeField(default=timezone.now)
    attempted_at = models.DateTimeField(null=True, blank=True)
    """When the gateway was last asked for it."""
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["idempotency_key"], name="payouts_reversal_key_unique"),
            models.UniqueConstraint(
                fields=["gateway_reversal_id"],
                condition=~Q(gateway_reversal_id=""),
                name="payouts_reversal_gateway_unique",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ReversalState.values), name="payouts_reversal_state_known"
            ),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="payouts_reversal_positive"),
            models.CheckConstraint(
                condition=~Q(state=ReversalState.DONE) | Q(done_at__isnull=False),
                name="payouts_reversal_done_has_instant",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                condition=~Q(state__in=[ReversalState.DONE, ReversalState.FAILED]),
                name="payouts_reversal_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.state}"


class RecoveryWay(models.TextChoices):
    """How a debt got smaller."""

    PAYOUT = "payout", _("Retenu sur un versement")
    REVERSAL = "reversal", _("Versement repris")
    BANK = "bank", _("Remboursé par virement")
    LOSS = "loss", _("Passé en perte")


class DebtRecovery(models.Model):
    """A part of a debt that was recovered, or given up."""

    debt = models.ForeignKey(SellerDebt, on_delete=models.PROTECT, related_name="recoveries")
    way = models.CharField(max_length=10, choices=RecoveryWay)
    amount_cents = models.BigIntegerField()
    payout = models.ForeignKey(
        "payouts.Payout", null=True, blank=True, on_delete=models.PROTECT, related_name="recoveries"
    )
    reversal = models.OneToOneField(
        TransferReversal, null=True, blank=True, on_delete=models.PROTECT, related_name="recovery"
    )
    note = models.CharField(max_length=255, blank=True)
    recovered_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(way__in=RecoveryWay.values), name="payouts_recovery_way_known"
            ),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="payouts_recovery_positive"),
            models.CheckConstraint(
                condition=(Q(way="payout") & Q(payout__isnull=False) & Q(reversal__isnull=True))
                | (Q(way="reversal") & Q(reversal__isnull=False) & Q(payout__isnull=True))
                | (Q(way__in=["bank", "loss"]) & Q(payout__isnull=True) & Q(reversal__isnull=True)),
                name="payouts_recovery_fits_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.debt_id} {self.way} {self.amount_cents}"


class ReleaseRefund(models.Model):
    """Links what was returned of a part with the payments' own attempt to give it to the buyer."""

    charge_return = models.ForeignKey(
        "charges.ChargeReturn", on_delete=models.PROTECT, related_name="refunds"
    )
    refund = models.OneToOneField("payments.Refund", on_delete=models.PROTECT, related_name="release_refund")

    def __str__(self) -> str:
        return f"{self.charge_return_id} {self.refund_id}"

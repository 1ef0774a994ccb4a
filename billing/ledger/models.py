"""Accounts, entries and postings; the database keeps them balanced and append-only by triggers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.ledger.accounts import AccountCode, AccountKind


class Account(models.Model):
    """One account of the tenant's chart."""

    code = models.CharField(max_length=12)
    label = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=AccountKind)
    by_party = models.BooleanField(default=False)

    class Meta:
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="ledger_account_code_unique"),
            models.CheckConstraint(
                condition=Q(kind__in=AccountKind.values), name="ledger_account_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.label}"

    @property
    def title(self) -> str:
        """Name on screen: translated for the accounts that every tenant has, else the tenant's own label."""
        if self.code in AccountCode.values:
            return str(AccountCode(self.code).label)
        return self.label


class EntryKind(models.TextChoices):
    """What happened to money."""

    PAYMENT = "payment", _("Paiement reçu")
    GATEWAY_FEE = "gateway_fee", _("Frais de la passerelle")
    RELEASE = "release", _("Validation")
    PAYOUT = "payout", _("Versement envoyé")
    PAYOUT_RETURN = "payout_return", _("Versement revenu")
    REFUND_REQUESTED = "refund_requested", _("Remboursement lancé")
    REFUND_DONE = "refund_done", _("Remboursement effectué")
    REVERSAL = "reversal", _("Contre-passation")


class JournalEntry(models.Model):
    """One event about money, told once: its source is unique."""

    source = models.CharField(max_length=120)
    kind = models.CharField(max_length=24, choices=EntryKind)
    occurred_on = models.DateField()
    recorded_at = models.DateTimeField(default=timezone.now)
    memo = models.CharField(max_length=255, blank=True)
    posting_count = models.IntegerField()
    """Number of postings, fixed with the entry: nothing can be added to it in a later transaction."""

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "journal entries"
        constraints = [
            models.UniqueConstraint(fields=["source"], name="ledger_entry_source_unique"),
            models.CheckConstraint(condition=~Q(source=""), name="ledger_entry_source_not_empty"),
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="ledger_entry_kind_known"),
            models.CheckConstraint(condition=Q(posting_count__gte=2), name="ledger_entry_two_postings"),
        ]
        indexes = [models.Index(fields=["occurred_on", "id"], name="ledger_entry_by_date")]

    def __str__(self) -> str:
        return self.source


class Posting(models.Model):
    """One side of an entry: debit positive, credit negative, in cents."""

    entry = models.ForeignKey(JournalEntry, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings", db_index=False)
    party = models.ForeignKey(
        "parties.Party", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    amount_cents = models.BigIntegerField()
    currency = models.CharField(max_length=3, default="EUR")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(amount_cents=0), name="ledger_posting_not_zero"),
            models.CheckConstraint(
                condition=Q(currency__regex=r"^[A-Z]{3}$"), name="ledger_posting_currency_code"
            ),
        ]
        indexes = [
            models.Index(fields=["account", "id"], name="ledger_posting_by_account"),
            models.Index(
                fields=["party", "account", "id"],
                condition=Q(party__isnull=False),
                name="ledger_posting_by_party",
            ),
            models.Index(
                fields=["account", "currency"], include=["amount_cents"], name="ledger_posting_for_balance"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.amount_cents} {self.currency}"

"""Accounts, entries, postings and running balances; triggers keep entries balanced and append-only."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.ledger.accounts import AccountCode, AccountKind

NUMBER_FORM = r"^[1-7][0-9]{2,11}$"


class Account(models.Model):
    """One account of the tenant's chart: `code` is the key we post to, `number` what its accountant reads."""

    code = models.CharField(max_length=12)
    number = models.CharField(max_length=12)
    label = models.CharField(max_length=120)
    has_own_label = models.BooleanField(default=False)
    """Whether staff named it; otherwise its name is translated."""
    kind = models.CharField(max_length=12, choices=AccountKind)
    by_party = models.BooleanField(default=False)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["code"], name="ledger_account_code_unique"),
            models.UniqueConstraint(fields=["number"], name="ledger_account_number_unique"),
            models.CheckConstraint(condition=Q(number__regex=NUMBER_FORM), name="ledger_account_number_form"),
            models.CheckConstraint(
                condition=Q(kind__in=AccountKind.values), name="ledger_account_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.label}"

    @property
    def title(self) -> str:
        """Name on screen: translated for the accounts that every tenant has, else the tenant's own label."""
        if self.code in AccountCode.values and not self.has_own_label:
            return str(AccountCode(self.code).label)
        return self.label


class AccountChange(models.Model):
    """A change of an account's number or label; before it, books were kept under the old ones."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="changes")
    old_number = models.CharField(max_length=12)
    new_number = models.CharField(max_length=12)
    old_label = models.CharField(max_length=120)
    new_label = models.CharField(max_length=120)
    changed_at = models.DateTimeField(default=timezone.now)
    changed_on = models.DateField()
    """Legal date of the tenant from which the new number holds."""
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.old_number} → {self.new_number}"


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
    REFUND_AFTER_RELEASE = "refund_after_release", _("Remboursement après validation")
    TRANSFER_REVERSED = "transfer_reversed", _("Versement repris")
    DEBT_REPAID = "debt_repaid", _("Dette remboursée par virement")
    DEBT_LOST = "debt_lost", _("Dette passée en perte")
    VOUCHER = "voucher", _("Part financée")
    VOUCHER_RELEASED = "voucher_released", _("Part financée libérée")
    CLAIM = "claim", _("Demande de versement")
    CLAIM_PAID = "claim_paid", _("Demande de versement payée")
    CLAIM_REFUSED = "claim_refused", _("Refus d’un financeur")
    FUNDER_OWED = "funder_owed", _("À rendre au financeur")
    DISPUTE_OPENED = "dispute_opened", _("Contestation bancaire ouverte")
    DISPUTE_WON = "dispute_won", _("Contestation bancaire gagnée")
    DISPUTE_LOST = "dispute_lost", _("Contestation bancaire perdue")
    SUSPENSE = "suspense", _("Reçu sans origine connue")
    SUSPENSE_CLEARED = "suspense_cleared", _("Origine retrouvée")
    BANK_RECEIPT = "bank_receipt", _("Virement reçu")
    VAT_RESTATED = "vat_restated", _("TVA déterminée à nouveau")
    CORRECTION = "correction", _("Correction")


class JournalEntry(models.Model):
    """One event about money, told once: its source is unique."""

    source = models.CharField(max_length=120)
    kind = models.CharField(max_length=24, choices=EntryKind)
    occurred_on = models.DateField()
    recorded_at = models.DateTimeField(default=timezone.now)
    memo = models.CharField(max_length=255, blank=True)
    posting_count = models.IntegerField()
    """Number of postings, fixed with the entry: nothing can be added to it in a later transaction."""
    reverses = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversal"
    )
    """The entry that this one mirrors."""
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Who corrected by hand; empty for what the product books itself."""

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "journal entries"
        constraints = [
            models.UniqueConstraint(fields=["source"], name="ledger_entry_source_unique"),
            models.CheckConstraint(condition=~Q(source=""), name="ledger_entry_source_not_empty"),
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="ledger_entry_kind_known"),
            models.CheckConstraint(condition=Q(posting_count__gte=2), name="ledger_entry_two_postings"),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True) | ~Q(reverses=F("id")),
                name="ledger_entry_not_its_own_reversal",
            ),
        ]
        indexes = [
            models.Index(fields=["occurred_on", "id"], name="ledger_entry_by_date"),
            models.Index(fields=["kind", "id"], name="ledger_entry_by_kind"),
        ]

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


class RunningBalance(models.Model):
    """One of the rows that sum to a balance: of an account, or with `party` of that party in it.

    A writer adds to a row that nobody else holds, or to a new one, so no two writers ever wait for each
    other (docs/decisions/0009). The balance is the sum of the rows; one row alone means nothing.
    """

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    party = models.ForeignKey(
        "parties.Party", on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    currency = models.CharField(max_length=3, default="EUR")
    amount_cents = models.BigIntegerField()

    class Meta:
        ordering = ["id"]
        indexes = [
            # Without the amount: an update that touches no indexed column stays on its page (HOT).
            models.Index(
                fields=["account", "currency"],
                condition=Q(party__isnull=True),
                name="ledger_balance_of_account",
            ),
            models.Index(
                fields=["account", "party", "currency"],
                condition=Q(party__isnull=False),
                name="ledger_balance_of_party",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}/{self.party_id} {self.amount_cents} {self.currency}"


class RunTrigger(models.TextChoices):
    """Who had the books checked."""

    CLOCK = "clock", _("Chaque nuit")
    COMMAND = "command", _("Ligne de commande")
    STAFF = "staff", _("À la demande")


class VerificationRun(models.Model):
    """One run of all checks: what was compared, what could not be asked, what did not agree."""

    trigger = models.CharField(max_length=8, choices=RunTrigger)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(default=timezone.now)
    entry_count = models.IntegerField()
    checks = models.JSONField(default=list)
    unasked = models.JSONField(default=list)
    """Pairs of check and reason, for what outside did not answer."""
    finding_count = models.IntegerField()
    findings = models.JSONField(default=list)
    """The first findings: check, subject, detail."""

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(trigger__in=RunTrigger.values), name="ledger_run_trigger_known"
            ),
            models.CheckConstraint(
                condition=Q(entry_count__gte=0, finding_count__gte=0), name="ledger_run_counts_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.finished_at:%Y-%m-%d} {self.finding_count}"

    @property
    def is_clean(self) -> bool:
        """Whether all that was asked agreed."""
        return self.finding_count == 0

"""Sequences, frozen invoices with their documents, mandates, dated legal wordings, refusals to issue."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

GENESIS = "0" * 64
"""What the first invoice of a sequence names as the hash before it."""


class InvoiceKind(models.TextChoices):
    """Whose sale the invoice tells of."""

    SALE = "sale", _("Vente")
    COMMISSION = "commission", _("Commission")


class WordingKey(models.TextChoices):
    """What a legal wording is for."""

    FRANCHISE = "franchise", _("Franchise en base de TVA")
    EXEMPT = "exempt", _("Exonération de TVA")
    DISBURSEMENT = "disbursement", _("Débours")
    REVERSE_CHARGE = "reverse_charge", _("Autoliquidation")
    PLACE_OUTSIDE = "place_outside", _("Prestation hors de France")
    TERRITORY = "territory_without_vat", _("Territoire sans TVA")
    EARLY_PAYMENT = "early_payment", _("Escompte")
    LATE_PENALTY = "late_penalty", _("Pénalités de retard")
    RECOVERY_FEE = "recovery_fee", _("Indemnité de recouvrement")
    ON_BEHALF = "on_behalf", _("Facture émise sous mandat")
    MANDATE = "mandate", _("Mandat de facturation")
    FICTITIOUS = "fictitious", _("Document de démonstration")


class LegalWordingQuerySet(models.QuerySet["LegalWording"]):
    """The vocabulary for wordings."""

    def valid_on(self, on: object) -> LegalWordingQuerySet:
        """Those in force on a legal date."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on)


class LegalWording(models.Model):
    """A sentence that the law wants on a document, from and to a legal date, both inclusive.

    ``text`` may name parameters as ``%(name)s``; the invoice keeps the sentence as it was printed.
    """

    key = models.CharField(_("usage"), max_length=24, choices=WordingKey.choices)
    text = models.TextField(_("texte"))
    valid_from = models.DateField(_("en vigueur du"))
    valid_to = models.DateField(_("jusqu’au"), null=True, blank=True)

    objects = LegalWordingQuerySet.as_manager()

    class Meta:
        ordering = ("key", "valid_from")
        constraints = [
            models.UniqueConstraint(fields=["key", "valid_from"], name="invoicing_wording_once_a_date"),
            models.CheckConstraint(
                condition=Q(key__in=WordingKey.values), name="invoicing_wording_key_known"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="invoicing_wording_dates_in_order",
            ),
            ExclusionConstraint(
                name="invoicing_wordings_do_not_overlap",
                expressions=[
                    ("key", RangeOperators.EQUAL),
                    (
                        Func(
                            "valid_from",
                            "valid_to",
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                            function="daterange",
                            output_field=DateRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.valid_from}"


class Mandate(models.Model):
    """A seller's written, prior mandate to issue invoices in its name; ``wording`` is the accepted text."""

    party = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    wording = models.ForeignKey(LegalWording, on_delete=models.PROTECT, related_name="+")
    accepted_at = models.DateTimeField(default=timezone.now)
    accepted_on = models.DateField()
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    ended_on = models.DateField(null=True, blank=True)
    """Last legal date on which invoices may be issued under it."""

    class Meta:
        ordering = ("-accepted_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["party", "wording"],
                condition=Q(ended_on=None),
                name="invoicing_mandate_once_a_version",
            ),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("accepted_on")),
                name="invoicing_mandate_dates_in_order",
            ),
        ]
        indexes = [models.Index(fields=["party", "-accepted_at"], name="invoicing_mandate_of_party")]

    def __str__(self) -> str:
        return f"{self.party_id} {self.version}"

    @property
    def version(self) -> str:
        """The version of the text: the date from which it was in force."""
        return self.wording.valid_from.isoformat()


class InvoiceSequence(models.Model):
    """Numbers without gaps of one seller, mandatary, kind and year, and the head of their chain of hashes."""

    seller = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+")
    mandatary = models.BooleanField()
    kind = models.CharField(max_length=10, choices=InvoiceKind.choices)
    year = models.IntegerField()
    prefix = models.CharField(max_length=28)
    last_number = models.IntegerField(default=0)
    last_issued_on = models.DateField(null=True, blank=True)
    head_sha256 = models.CharField(max_length=64, default=GENESIS)

    class Meta:
        ordering = ("prefix",)
        constraints = [
            models.UniqueConstraint(
                fields=["seller", "mandatary", "kind", "year"], name="invoicing_sequence_once"
            ),
            models.UniqueConstraint(fields=["prefix"], name="invoicing_sequence_prefix_unique"),
            models.CheckConstraint(
                condition=Q(kind__in=InvoiceKind.values), name="invoicing_sequence_kind_known"
            ),
            models.CheckConstraint(condition=Q(last_number__gte=0), name="invoicing_sequence_not_negative"),
            models.CheckConstraint(condition=Q(year__range=(2000, 9999)), name="invoicing_sequence_year"),
            models.CheckConstraint(
                condition=Q(prefix__regex=r"^[A-Z0-9][A-Z0-9-]*-$"), name="invoicing_sequence_prefix_form"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.prefix} ({self.last_number})"


class Invoice(models.Model):
    """An issued invoice. The database refuses to change or delete it; ``snapshot`` is what it says.

    ``sha256`` is the hash of the previous hash and the snapshot; the other columns repeat the snapshot for
    lists. Amounts are in cents; ``due_cents`` is what was left to pay at the date of issue.
    """

    class TypeCode(models.TextChoices):
        """UNTDID 1001, BT-3."""

        INVOICE = "380", _("Facture")
        CREDIT_NOTE = "381", _("Avoir")
        CORRECTIVE = "384", _("Facture rectificative")
        DEPOSIT = "386", _("Facture d’acompte")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sequence = models.ForeignKey(InvoiceSequence, on_delete=models.PROTECT, related_name="invoices")
    position = models.IntegerField()
    number = models.CharField(max_length=35)
    kind = models.CharField(max_length=10, choices=InvoiceKind.choices)
    type_code = models.CharField(max_length=3, choices=TypeCode.choices)
    seller = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+", db_index=False)
    buyer = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="+", db_index=False)
    release = models.ForeignKey("charges.ChargeRelease", on_delete=models.PROTECT, related_name="invoices")
    charge_return = models.ForeignKey(
        "charges.ChargeReturn", null=True, blank=True, on_delete=models.PROTECT, related_name="credit_notes"
    )
    """What a credit note gives back."""
    currency = models.CharField(max_length=3, default="EUR")
    excl_cents = models.BigIntegerField()
    vat_cents = models.BigIntegerField()
    incl_cents = models.BigIntegerField()
    due_cents = models.BigIntegerField()
    issued_on = models.DateField()
    issued_at = models.DateTimeField()
    snapshot = models.TextField()
    sha256 = models.CharField(max_length=64)
    previous_sha256 = models.CharField(max_length=64)

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(fields=["number"], name="invoicing_invoice_number_unique"),
            models.UniqueConstraint(
                fields=["sequence", "position"], name="invoicing_invoice_position_unique"
            ),
            models.UniqueConstraint(
                fields=["sequence", "previous_sha256"], name="invoicing_invoice_chain_does_not_fork"
            ),
            models.UniqueConstraint(
                fields=["release", "kind"],
                condition=Q(type_code="380"),
                name="invoicing_invoice_once_a_release",
            ),
            models.UniqueConstraint(
                fields=["charge_return", "kind"],
                condition=Q(type_code="381"),
                name="invoicing_credit_note_once_a_return",
            ),
            models.CheckConstraint(
                condition=Q(charge_return__isnull=True) | Q(type_code="381"),
                name="invoicing_invoice_return_is_credited",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=InvoiceKind.values), name="invoicing_invoice_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(type_code__in=["380", "381", "384", "386"]), name="invoicing_invoice_type_known"
            ),
            models.CheckConstraint(
                condition=Q(number__regex=r"^[A-Za-z0-9+_/-]{1,35}$"), name="invoicing_invoice_number_form"
            ),
            models.CheckConstraint(condition=Q(position__gte=1), name="invoicing_invoice_position_from_one"),
            models.CheckConstraint(
                condition=Q(incl_cents=F("excl_cents") + F("vat_cents")),
                name="invoicing_invoice_incl_is_excl_plus_vat",
            ),
            models.CheckConstraint(
                condition=Q(due_cents__gte=0, due_cents__lte=F("incl_cents")),
                name="invoicing_invoice_due_within_incl",
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$", previous_sha256__regex=r"^[0-9a-f]{64}$"),
                name="invoicing_invoice_hash_form",
            ),
        ]
        indexes = [
            models.Index(fields=["buyer", "-id"], name="invoicing_invoice_by_buyer"),
            models.Index(fields=["seller", "-id"], name="invoicing_invoice_by_seller"),
            models.Index(fields=["issued_on", "id"], name="invoicing_invoice_by_date"),
        ]

    def __str__(self) -> str:
        return self.number


class InvoiceDocument(models.Model):
    """The PDF of an invoice as it was first rendered: stored once, served as it is."""

    invoice = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="document")
    pdf = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    template_version = models.CharField(max_length=20)
    rendered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="invoicing_document_hash_form"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id} {self.sha256[:8]}"


class IssueRefusal(models.Model):
    """An invoice that could not be issued and why: a to-do of the operator until it is settled."""

    release = models.ForeignKey("charges.ChargeRelease", on_delete=models.PROTECT, related_name="+")
    charge_return = models.ForeignKey(
        "charges.ChargeReturn", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    """Set when it is a credit note that could not be issued."""
    kind = models.CharField(max_length=10, choices=InvoiceKind.choices)
    code = models.CharField(max_length=60)
    message = models.TextField()
    refused_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-refused_at", "-pk")
        constraints = [
            models.UniqueConstraint(
                fields=["release", "kind"],
                condition=Q(charge_return__isnull=True),
                name="invoicing_refusal_once",
            ),
            models.UniqueConstraint(
                fields=["charge_return", "kind"],
                condition=Q(charge_return__isnull=False),
                name="invoicing_refusal_once_a_return",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=InvoiceKind.values), name="invoicing_refusal_kind_known"
            ),
        ]
        indexes = [
            models.Index(fields=["-refused_at"], condition=Q(settled_at=None), name="invoicing_refusal_open")
        ]

    def __str__(self) -> str:
        return f"{self.release_id} {self.kind}: {self.code}"

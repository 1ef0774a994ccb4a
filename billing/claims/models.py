"""Claims to funders with their lines, payments and documents, and the sequence of their numbers."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.claims.lifecycle import SENT, ClaimState
from billing.claims.refusal_models import ClaimRefusal, RefusedLine

__all__ = [
    "Claim",
    "ClaimDocument",
    "ClaimLine",
    "ClaimPayment",
    "ClaimRefusal",
    "ClaimSequence",
    "RefusedLine",
]

if TYPE_CHECKING:
    from billing.funding.models import VoucherPart

SENT_STATES = [state.value for state in SENT]


def _who() -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )


class Claim(models.Model):
    """What is asked of a funder for one programme up to a legal date, amounts in cents.

    `asked_cents` is below zero when more is given back than asked: then the space pays the funder. A draft
    follows what is open; once submitted, number, lines and `snapshot` stay as they are.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.ForeignKey("funding.Programme", on_delete=models.PROTECT, related_name="claims")
    funder = models.ForeignKey("parties.Party", on_delete=models.PROTECT, related_name="claims")
    state = models.CharField(max_length=12, choices=ClaimState, default=ClaimState.DRAFT)
    number = models.CharField(max_length=35, blank=True, default="")
    currency = models.CharField(max_length=3, default="EUR")
    starts_on = models.DateField()
    """Legal date of the oldest line."""
    ends_on = models.DateField()
    parts_cents = models.BigIntegerField()
    returns_cents = models.BigIntegerField()
    asked_cents = models.BigIntegerField()
    # What has come of it; below zero for what was given back to the funder.
    paid_cents = models.BigIntegerField(default=0)
    # What the funder will not pay of it.
    refused_cents = models.BigIntegerField(default=0)
    snapshot = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    drawn_at = models.DateTimeField(default=timezone.now)
    drawn_by = _who()
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_on = models.DateField(null=True, blank=True)
    submitted_by = _who()
    settled_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = _who()
    withdrawal_reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("demande de versement")
        verbose_name_plural = _("demandes de versement")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=~Q(number=""), name="claim_number_unique"),
            models.UniqueConstraint(
                fields=["programme"], condition=Q(state=ClaimState.DRAFT), name="claim_one_draft"
            ),
            models.CheckConstraint(condition=Q(state__in=ClaimState.values), name="claim_state_known"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="claim_dates_in_order"),
            models.CheckConstraint(
                condition=Q(
                    parts_cents__gte=0,
                    returns_cents__gte=0,
                    asked_cents=F("parts_cents") - F("returns_cents"),
                ),
                name="claim_asked_is_parts_less_returns",
            ),
            models.CheckConstraint(
                condition=Q(asked_cents__gte=0, paid_cents__gte=0, refused_cents__gte=0)
                & Q(asked_cents__gte=F("paid_cents") + F("refused_cents"))
                | Q(asked_cents__lt=0, paid_cents__lte=0, refused_cents=0)
                & Q(paid_cents__gte=F("asked_cents")),
                name="claim_paid_within_asked",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=ClaimState.PAID,
                    paid_cents=F("asked_cents"),
                    refused_cents=0,
                    settled_at__isnull=False,
                )
                | Q(
                    state=ClaimState.CLOSED,
                    refused_cents__gt=0,
                    refused_cents=F("asked_cents") - F("paid_cents"),
                    settled_at__isnull=False,
                )
                | (
                    Q(state=ClaimState.PARTLY_PAID, refused_cents=0)
                    & ~Q(paid_cents=0)
                    & ~Q(paid_cents=F("asked_cents"))
                )
                | Q(
                    state__in=[ClaimState.DRAFT, ClaimState.SUBMITTED, ClaimState.WITHDRAWN],
                    paid_cents=0,
                    refused_cents=0,
                ),
                name="claim_state_follows_payments",
            ),
            models.CheckConstraint(
                condition=Q(number="", sha256="", submitted_at__isnull=True, submitted_on__isnull=True)
                & ~Q(state__in=SENT_STATES)
                | Q(
                    number__regex=r"^[A-Z0-9][A-Z0-9-]*$",
                    sha256__regex=r"^[0-9a-f]{64}$",
                    submitted_at__isnull=False,
                    submitted_on__isnull=False,
                )
                & ~Q(state=ClaimState.DRAFT),
                name="claim_sent_has_number",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at__isnull=False) | ~Q(state=ClaimState.WITHDRAWN),
                name="claim_withdrawn_has_instant",
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "-id"], name="claim_by_programme"),
            models.Index(fields=["state", "-id"], name="claim_by_state"),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.programme_id} {self.state}"

    @property
    def left_cents(self) -> int:
        """What is still to come, in cents; below zero for what is still to be given back."""
        return self.asked_cents - self.paid_cents - self.refused_cents

    @property
    def gives_back(self) -> bool:
        """Whether the space pays the funder."""
        return self.asked_cents < 0


class ClaimLine(models.Model):
    """An approved part of a voucher, a return of a part claimed before as a negative line, or what a funder
    refused of an earlier line and is asked again."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="lines")
    position = models.IntegerField()
    part = models.ForeignKey(
        "funding.VoucherPart", on_delete=models.PROTECT, null=True, blank=True, related_name="claim_lines"
    )
    voucher_return = models.ForeignKey(
        "funding.VoucherReturn", on_delete=models.PROTECT, null=True, blank=True, related_name="claim_lines"
    )
    rest = models.ForeignKey(
        "claims.RefusedLine", on_delete=models.PROTECT, null=True, blank=True, related_name="claim_lines"
    )
    amount_cents = models.BigIntegerField()
    happened_on = models.DateField()
    """Legal date of the approval, of the return, or of the refusal."""
    # False once the claim was withdrawn: its parts may stand in another one.
    is_live = models.BooleanField(default=True)

    class Meta:
        ordering = ("claim", "position")
        constraints = [
            models.UniqueConstraint(fields=["claim", "position"], name="claimline_position_unique"),
            models.UniqueConstraint(
                fields=["part"], condition=Q(is_live=True), name="claimline_part_in_one_live_claim"
            ),
            models.UniqueConstraint(
                fields=["voucher_return"],
                condition=Q(is_live=True),
                name="claimline_return_in_one_live_claim",
            ),
            models.UniqueConstraint(
                fields=["rest"], condition=Q(is_live=True), name="claimline_rest_in_one_live_claim"
            ),
            models.CheckConstraint(
                condition=Q(
                    part__isnull=False, voucher_return__isnull=True, rest__isnull=True, amount_cents__gt=0
                )
                | Q(part__isnull=True, voucher_return__isnull=False, rest__isnull=True, amount_cents__lt=0)
                | Q(part__isnull=True, voucher_return__isnull=True, rest__isnull=False, amount_cents__gt=0),
                name="claimline_part_or_rest_or_negative_return",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}/{self.position} {self.amount_cents}"

    @property
    def asked_part(self) -> VoucherPart | None:
        """The approved part for which it asks, at first or again; None for a return."""
        return self.part if self.rest is None else self.rest.part


class ClaimPayment(models.Model):
    """Money of a funder for a claim as the bank's statement says it; negative: given back to the funder."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="payments")
    amount_cents = models.BigIntegerField()
    paid_on = models.DateField()
    bank_reference = models.CharField(max_length=140)
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = _who()
    corrected_at = models.DateTimeField(null=True, blank=True)
    """When it was found to be wrong: its entry has a mirror, and the claim counts it no more."""
    corrected_by = _who()
    correction_reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["claim", "bank_reference"],
                condition=Q(corrected_at__isnull=True),
                name="claimpayment_reference_once",
            ),
            models.CheckConstraint(
                condition=Q(corrected_at__isnull=True, correction_reason="")
                | (Q(corrected_at__isnull=False) & ~Q(correction_reason="")),
                name="claimpayment_corrected_has_reason",
            ),
            models.CheckConstraint(condition=~Q(amount_cents=0), name="claimpayment_not_zero"),
            models.CheckConstraint(condition=~Q(bank_reference=""), name="claimpayment_has_reference"),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.amount_cents}"


class ClaimDocument(models.Model):
    """The PDF of a claim as it was first rendered."""

    claim = models.OneToOneField(Claim, on_delete=models.PROTECT, related_name="document")
    pdf = models.BinaryField()
    rendered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return str(self.claim_id)


class ClaimSequence(models.Model):
    """The last number of a legal year; its row is locked, so numbers have no gaps."""

    year = models.IntegerField()
    last_number = models.IntegerField(default=0)

    class Meta:
        ordering = ("year",)
        constraints = [
            models.UniqueConstraint(fields=["year"], name="claimsequence_year_unique"),
            models.CheckConstraint(condition=Q(year__range=(2000, 9999)), name="claimsequence_year_range"),
            models.CheckConstraint(condition=Q(last_number__gte=0), name="claimsequence_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.year}: {self.last_number}"

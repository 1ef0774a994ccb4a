"""Vouchers: what a programme reserves for a business, spread over the parts of its order, stored once.

A voucher holds `held_cents` of its budget while it is granted, reserved or consumed; the budget's
`reserved_cents` is the sum of them, and the database keeps it within the budget.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from billing.funding.lifecycle import HOLDING, VoucherState

__all__ = ["BeneficiaryStanding", "Voucher", "VoucherPart", "VoucherReturn", "VoucherSeries"]


class BeneficiaryStanding(models.Model):
    """One row a business: whoever weighs its vouchers against ceilings locks it, before any budget."""

    party = models.OneToOneField("parties.Party", on_delete=models.PROTECT, related_name="+")
    weighed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return str(self.party_id)


class VoucherQuerySet(models.QuerySet["Voucher"]):
    """What vouchers are asked for."""

    def holding(self) -> VoucherQuerySet:
        """Those that hold money of their budget: they count against the ceilings of their business."""
        return self.filter(held_cents__gt=0)

    def usable_grants(self) -> VoucherQuerySet:
        """Granted and not yet used."""
        return self.filter(state=VoucherState.GRANTED)


class VoucherSeries(models.Model):
    """Codes of one worth that staff made at once, to hand out."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.ForeignKey(
        "funding.Programme", on_delete=models.PROTECT, related_name="voucher_series"
    )
    name = models.CharField(max_length=120)
    size = models.IntegerField()
    amount_cents = models.BigIntegerField()
    expires_on = models.DateField()
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("série de chèques")
        verbose_name_plural = _("séries de chèques")
        ordering = ("-id",)
        constraints = [
            models.CheckConstraint(condition=Q(size__gte=1), name="voucherseries_has_codes"),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="voucherseries_amount_positive"),
        ]

    def __str__(self) -> str:
        return self.name


class Voucher(models.Model):
    """A programme's help for one business: granted by staff (`granted_cents`), or reserved at an order."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    programme = models.ForeignKey("funding.Programme", on_delete=models.PROTECT, related_name="vouchers")
    # Its year is the budget year: the legal date on which the money was first reserved.
    budget = models.ForeignKey("funding.ProgrammeBudget", on_delete=models.PROTECT, related_name="vouchers")
    # Empty while a code was given to nobody yet.
    party = models.ForeignKey(
        "parties.Party", on_delete=models.PROTECT, null=True, blank=True, related_name="vouchers"
    )
    charge = models.ForeignKey(
        "charges.Charge", on_delete=models.PROTECT, null=True, blank=True, related_name="vouchers"
    )
    state = models.CharField(max_length=12, choices=VoucherState)
    currency = models.CharField(max_length=3, default="EUR")
    # What it gives: the most while it is granted, the sum of its parts once it pays for an order.
    amount_cents = models.BigIntegerField()
    # What of its budget it holds now: the amount less what was freed or given back.
    held_cents = models.BigIntegerField()
    # The de minimis rule follows the programme as it was when the money was reserved.
    is_de_minimis = models.BooleanField()
    reserved_at = models.DateTimeField(default=timezone.now)
    # By item key: the record of the rule's evaluation, which can be replayed with its revision.
    decision = models.JSONField(default=dict)

    # Only for vouchers that staff granted.
    granted_cents = models.BigIntegerField(null=True, blank=True)
    code = models.CharField(max_length=20, blank=True, default="")
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    granted_at = models.DateTimeField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    """Last legal date on which a granted voucher can be used."""
    note = models.CharField(max_length=300, blank=True, default="")
    series = models.ForeignKey(
        VoucherSeries, on_delete=models.PROTECT, null=True, blank=True, related_name="vouchers"
    )
    # The grant whose order came to nothing: this one stands in its place, with its code.
    renews = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="renewed_by"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=300, blank=True, default="")

    objects = VoucherQuerySet.as_manager()

    class Meta:
        verbose_name = _("chèque")
        verbose_name_plural = _("chèques")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["charge", "programme"],
                condition=Q(charge__isnull=False),
                name="voucher_once_a_charge",
            ),
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="voucher_code_unique"),
            models.CheckConstraint(condition=Q(state__in=VoucherState.values), name="voucher_state_known"),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="voucher_amount_positive"),
            models.CheckConstraint(
                condition=Q(held_cents__gte=0, held_cents__lte=F("amount_cents")), name="voucher_held_within"
            ),
            models.CheckConstraint(
                condition=Q(held_cents=0) | Q(state__in=[state.value for state in HOLDING]),
                name="voucher_ended_holds_nothing",
            ),
            models.CheckConstraint(
                condition=~Q(state=VoucherState.GRANTED)
                | Q(charge__isnull=True, granted_cents__isnull=False, held_cents=F("amount_cents")),
                name="voucher_granted_is_unused",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[VoucherState.GRANTED, VoucherState.EXPIRED, VoucherState.REVOKED])
                | Q(charge__isnull=False, party__isnull=False),
                name="voucher_used_by_an_order",
            ),
            models.CheckConstraint(
                condition=Q(
                    granted_cents__isnull=True,
                    granted_by__isnull=True,
                    granted_at__isnull=True,
                    expires_on__isnull=True,
                    code="",
                )
                | Q(
                    granted_cents__gt=0,
                    granted_at__isnull=False,
                    expires_on__isnull=False,
                    amount_cents__lte=F("granted_cents"),
                ),
                name="voucher_grant_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(party__isnull=False) | ~Q(code=""), name="voucher_for_somebody_or_by_code"
            ),
        ]
        indexes = [
            models.Index(fields=["party", "programme", "-id"], name="voucher_by_party"),
            models.Index(fields=["programme", "-id"], name="voucher_by_programme"),
            models.Index(fields=["budget", "-id"], name="voucher_by_budget"),
            models.Index(fields=["expires_on"], condition=Q(state="granted"), name="voucher_expiring"),
            models.Index(fields=["state", "-id"], name="voucher_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.programme_id} {self.state} {self.amount_cents}"

    @property
    def is_granted_by_staff(self) -> bool:
        """Whether staff granted it, rather than the rule alone at an order."""
        return self.granted_cents is not None


class VoucherPartQuerySet(models.QuerySet["VoucherPart"]):
    """What parts of vouchers are asked for."""

    def to_claim(self) -> VoucherPartQuerySet:
        """Approved and not asked of the funder yet; what was returned before a claim is never asked."""
        return self.filter(claimed_at=None, consumed_cents__gt=F("returned_cents") - F("owed_back_cents"))


class VoucherPart(models.Model):
    """What a voucher pays of one release of one item; stored when the order is placed."""

    voucher = models.ForeignKey(Voucher, on_delete=models.PROTECT, related_name="parts")
    release = models.ForeignKey(
        "charges.ChargeRelease", on_delete=models.PROTECT, related_name="voucher_parts"
    )
    amount_cents = models.BigIntegerField()
    # Given up before approval: all or nothing.
    freed_cents = models.BigIntegerField(default=0)
    # Approved, hence owed by the funder: all or nothing.
    consumed_cents = models.BigIntegerField(default=0)
    # Given back after approval: the sum of its returns.
    returned_cents = models.BigIntegerField(default=0)
    # Of it, what was given back while the part stood in a claim: negative lines take it off, not the part.
    owed_back_cents = models.BigIntegerField(default=0)
    # Refused by the funder for good: the space bears it.
    lost_cents = models.BigIntegerField(default=0)
    # Of it, what returns have brought back to the space: the sum of theirs.
    regained_cents = models.BigIntegerField(default=0)
    consumed_at = models.DateTimeField(null=True, blank=True)
    consumed_on = models.DateField(null=True, blank=True)
    """Legal date of the approval: the period of claims."""
    claimed_at = models.DateTimeField(null=True, blank=True)
    """When a claim with this part was sent to the funder; `claiming.mark_claimed` alone writes it."""
    funded_at = models.DateTimeField(null=True, blank=True)
    """When the funder's money for it was booked; `claiming.mark_funded` alone writes it."""

    objects = VoucherPartQuerySet.as_manager()

    class Meta:
        verbose_name = _("part de chèque")
        verbose_name_plural = _("parts de chèque")
        ordering = ("voucher", "id")
        constraints = [
            models.UniqueConstraint(fields=["voucher", "release"], name="voucherpart_once_a_release"),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="voucherpart_amount_positive"),
            models.CheckConstraint(
                condition=Q(freed_cents__in=[0, F("amount_cents")], consumed_cents__in=[0, F("amount_cents")])
                & Q(amount_cents__gte=F("freed_cents") + F("consumed_cents")),
                name="voucherpart_freed_or_consumed",
            ),
            models.CheckConstraint(
                condition=Q(returned_cents__gte=0, returned_cents__lte=F("consumed_cents")),
                name="voucherpart_returned_within",
            ),
            models.CheckConstraint(
                condition=Q(owed_back_cents__gte=0, owed_back_cents__lte=F("returned_cents")),
                name="voucherpart_owed_back_within",
            ),
            models.CheckConstraint(
                condition=Q(regained_cents__gte=0, lost_cents__gte=F("regained_cents"))
                & Q(lost_cents__lte=F("consumed_cents") - F("returned_cents") + F("regained_cents")),
                name="voucherpart_lost_within_what_helps",
            ),
            models.CheckConstraint(
                condition=Q(lost_cents=0) | Q(claimed_at__isnull=False), name="voucherpart_lost_was_claimed"
            ),
            models.CheckConstraint(
                condition=Q(consumed_cents=0, consumed_at__isnull=True, consumed_on__isnull=True)
                | Q(consumed_cents__gt=0, consumed_at__isnull=False, consumed_on__isnull=False),
                name="voucherpart_consumed_has_date",
            ),
            models.CheckConstraint(
                condition=Q(claimed_at__isnull=True) | Q(consumed_cents__gt=0),
                name="voucherpart_claimed_is_consumed",
            ),
            models.CheckConstraint(
                condition=Q(funded_at__isnull=True) | Q(claimed_at__isnull=False),
                name="voucherpart_funded_was_claimed",
            ),
        ]
        indexes = [
            models.Index(
                fields=["consumed_on"],
                condition=Q(claimed_at__isnull=True, consumed_cents__gt=0),
                name="voucherpart_to_claim",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.voucher_id}/{self.release_id} {self.amount_cents}"

    @property
    def held_cents(self) -> int:
        """What it holds of the budget now, in cents."""
        return self.amount_cents - self.freed_cents - self.returned_cents

    @property
    def claimable_cents(self) -> int:
        """What a claim asks of the funder for it, in cents."""
        return self.consumed_cents - self.returned_cents + self.owed_back_cents + self.regained_cents

    @property
    def borne_cents(self) -> int:
        """What of it the space bears now because the funder refused it, in cents."""
        return self.lost_cents - self.regained_cents

    @property
    def returnable_cents(self) -> int:
        """What of it was approved and not given back, in cents."""
        return self.consumed_cents - self.returned_cents


class VoucherReturnQuerySet(models.QuerySet["VoucherReturn"]):
    """What returns of vouchers are asked for."""

    def to_claim_back(self) -> VoucherReturnQuerySet:
        """Owed to the funder, and in no claim yet: the negative lines of the next one."""
        return self.filter(owed_to_funder=True, claimed_at=None, amount_cents__gt=F("regained_cents"))


class VoucherReturn(models.Model):
    """What of an approved part was given back by a refund; owed to the funder once it was claimed."""

    part = models.ForeignKey(VoucherPart, on_delete=models.PROTECT, related_name="returns")
    source = models.CharField(max_length=120)
    """The source of the refund's ledger entry."""
    amount_cents = models.BigIntegerField()
    # Booked as owed to the funder (467350), for the part stood in a claim; else its debt (467300) shrank.
    owed_to_funder = models.BooleanField()
    # Of it, what the funder had refused for good and the space bore: it is the space's again (654000).
    regained_cents = models.BigIntegerField(default=0)
    returned_at = models.DateTimeField(default=timezone.now)
    returned_on = models.DateField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    """When a claim took it off as a negative line; `claiming.mark_claimed` alone writes it."""

    objects = VoucherReturnQuerySet.as_manager()

    class Meta:
        verbose_name = _("aide rendue")
        verbose_name_plural = _("aides rendues")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(fields=["part", "source"], name="voucherreturn_once_a_refund"),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="voucherreturn_amount_positive"),
            models.CheckConstraint(
                condition=Q(claimed_at__isnull=True) | Q(owed_to_funder=True),
                name="voucherreturn_claimed_is_owed",
            ),
            models.CheckConstraint(
                condition=Q(regained_cents__gte=0, regained_cents__lte=F("amount_cents"))
                & (Q(regained_cents=0) | Q(owed_to_funder=True)),
                name="voucherreturn_regained_within",
            ),
        ]
        indexes = [
            models.Index(
                fields=["returned_on"],
                condition=Q(owed_to_funder=True, claimed_at__isnull=True),
                name="voucherreturn_to_claim",
            )
        ]

    def __str__(self) -> str:
        return f"{self.part_id} {self.amount_cents}"

    @property
    def owed_cents(self) -> int:
        """What of it the funder is owed back, or owes no more, in cents."""
        return self.amount_cents - self.regained_cents

"""What funders refused of claims for good, line by line, with what becomes of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Fate(models.TextChoices):
    """What becomes of the refused part of a line."""

    AGAIN = "again", _("À demander de nouveau")
    LOST = "lost", _("Passé en perte")


class ClaimRefusal(models.Model):
    """A funder pays no more of a claim, on a legal date: with what was paid it makes what was asked."""

    claim = models.ForeignKey("claims.Claim", on_delete=models.PROTECT, related_name="refusals")
    amount_cents = models.BigIntegerField()
    lost_cents = models.BigIntegerField()
    """Of it, what the space bears; the rest is asked again."""
    reason = models.CharField(max_length=300)
    refused_on = models.DateField()
    recorded_at = models.DateTimeField(default=timezone.now)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(null=True, blank=True)
    """When it was taken back: its entry has a mirror, and the claim counts it no more."""
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    undoing_reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        verbose_name = _("refus d’un financeur")
        verbose_name_plural = _("refus de financeurs")
        ordering = ("id",)
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=Q(undone_at__isnull=True), name="claimrefusal_one_live"
            ),
            models.CheckConstraint(
                condition=Q(amount_cents__gt=0, lost_cents__gte=0, lost_cents__lte=models.F("amount_cents")),
                name="claimrefusal_lost_within",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="claimrefusal_has_reason"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undoing_reason="")
                | (Q(undone_at__isnull=False) & ~Q(undoing_reason="")),
                name="claimrefusal_undone_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.amount_cents}"


class RefusedLineQuerySet(models.QuerySet["RefusedLine"]):
    """What refused lines are asked for."""

    def to_ask_again(self) -> RefusedLineQuerySet:
        """Refused once, to be asked again, and in no claim that was sent since."""
        return self.filter(is_live=True, fate=Fate.AGAIN, claimed_at=None)


class RefusedLine(models.Model):
    """What was refused of one line of a claim, in cents."""

    refusal = models.ForeignKey(ClaimRefusal, on_delete=models.PROTECT, related_name="lines")
    line = models.ForeignKey("claims.ClaimLine", on_delete=models.PROTECT, related_name="refused")
    part = models.ForeignKey("funding.VoucherPart", on_delete=models.PROTECT, related_name="refused")
    """The approved part that the line, or the one it asked again, is about."""
    amount_cents = models.BigIntegerField()
    fate = models.CharField(max_length=8, choices=Fate)
    # False once the refusal was taken back.
    is_live = models.BooleanField(default=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    """When a later claim asked for it again."""

    objects = RefusedLineQuerySet.as_manager()

    class Meta:
        ordering = ("refusal", "line")
        constraints = [
            models.UniqueConstraint(
                fields=["line"], condition=Q(is_live=True), name="refusedline_once_a_line"
            ),
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="refusedline_amount_positive"),
            models.CheckConstraint(condition=Q(fate__in=Fate.values), name="refusedline_fate_known"),
            models.CheckConstraint(
                condition=Q(claimed_at__isnull=True) | Q(fate=Fate.AGAIN, is_live=True),
                name="refusedline_claimed_is_asked_again",
            ),
        ]
        indexes = [
            models.Index(
                fields=["refusal"],
                condition=Q(is_live=True, fate=Fate.AGAIN, claimed_at__isnull=True),
                name="refusedline_to_ask_again",
            )
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.amount_cents} {self.fate}"

"""A part whose VAT at the tax point is not the expected one: both, what staff decided, what moved."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from billing.vat_reviews.lifecycle import ReviewState


class VatReview(models.Model):
    """VAT of one released part, expected and found; once confirmed it is the amendment of the part.

    `expected` stays what the order said. `found` is what rates and regimes say at the tax point: shares,
    breakdown and commission in cents, rates as decimal strings.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    release = models.OneToOneField(
        "charges.ChargeRelease", on_delete=models.PROTECT, related_name="vat_review"
    )
    state = models.CharField(max_length=12, choices=ReviewState, default=ReviewState.WAITING)
    tax_point_on = models.DateField()
    """Legal date of the sale's tax point."""
    commission_on = models.DateField()
    """Legal date of the commission's: when it was kept."""
    expected = models.JSONField()
    found = models.JSONField(null=True, blank=True)
    problem = models.CharField(max_length=255, blank=True)
    """Why nothing could be determined, in words."""
    sale_differs = models.BooleanField()
    commission_differs = models.BooleanField()
    seller_snapshot = models.JSONField(null=True, blank=True)
    """The seller at the tax point, as the invoice says it; its identity at confirmation."""
    sale_vat_cents = models.BigIntegerField(default=0)
    """VAT of the operator's own sale that the confirmation moved out of turnover, less returns; signed."""
    commission_vat_cents = models.BigIntegerField(default=0)
    """The same of the commission."""
    created_at = models.DateTimeField(default=timezone.now)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ReviewState.values), name="vat_reviews_review_state_known"
            ),
            models.CheckConstraint(
                condition=Q(state=ReviewState.WAITING, settled_at__isnull=True)
                | (~Q(state=ReviewState.WAITING) & Q(settled_at__isnull=False)),
                name="vat_reviews_review_settled_has_instant",
            ),
            models.CheckConstraint(
                condition=Q(found__isnull=True) ^ Q(problem=""), name="vat_reviews_review_found_or_problem"
            ),
            models.CheckConstraint(
                condition=~Q(state=ReviewState.CONFIRMED)
                | Q(found__isnull=False, seller_snapshot__isnull=False),
                name="vat_reviews_review_confirmed_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["created_at", "id"],
                condition=Q(state=ReviewState.WAITING),
                name="vat_reviews_waiting",
            ),
            models.Index(
                fields=["-settled_at", "-id"],
                condition=~Q(state=ReviewState.WAITING),
                name="vat_reviews_settled",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release_id} {self.state}"

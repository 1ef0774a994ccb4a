"""What can be asked of VAT reviews."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from billing.charges.models import ChargeRelease
from billing.vat_reviews.lifecycle import ReviewState
from billing.vat_reviews.models import VatReview


def _reviews() -> QuerySet[VatReview]:
    return VatReview.objects.select_related(
        "release__item__seller", "release__item__charge__buyer", "settled_by"
    ).prefetch_related("release__shares__line")


def waiting_reviews() -> QuerySet[VatReview]:
    """Parts whose VAT staff must confirm, oldest first."""
    return _reviews().filter(state=ReviewState.WAITING).order_by("created_at", "id")


def settled_reviews() -> QuerySet[VatReview]:
    """What was confirmed or found unchanged, newest first."""
    return _reviews().exclude(state=ReviewState.WAITING).order_by("-settled_at", "-id")


def waiting_count() -> int:
    """How many parts wait."""
    return VatReview.objects.filter(state=ReviewState.WAITING).count()


def vat_is_open(release: ChargeRelease, *, sale: bool) -> bool:
    """Whether an invoice must wait: that of the sale, or the one of the commission."""
    differs = {"sale_differs": True} if sale else {"commission_differs": True}
    return VatReview.objects.filter(release=release, state=ReviewState.WAITING, **differs).exists()


def seller_at_tax_point(release: ChargeRelease) -> dict[str, Any]:
    """The seller as the invoice of a part says it: as frozen at the order, unless its VAT was restated."""
    restated = VatReview.objects.filter(
        release=release, state=ReviewState.CONFIRMED, sale_differs=True
    ).values_list("seller_snapshot", flat=True)
    return restated.first() or release.item.seller_snapshot

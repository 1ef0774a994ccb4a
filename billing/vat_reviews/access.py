"""Who may see and confirm VAT."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from billing.vat_reviews.models import VatReview
from tenants.accounts.access import require_operator
from tenants.accounts.models import User


def require_finance(user: User | AnonymousUser) -> None:
    """Staff with the finance role, and administrators. Raises Http404 for anybody else."""
    require_operator(user, "finance")


def get_review_for(user: User | AnonymousUser, public_id: UUID) -> VatReview:
    """A review, for finance staff. Raises Http404."""
    require_finance(user)
    review = VatReview.objects.filter(public_id=public_id).first()
    if review is None:
        raise Http404
    return review

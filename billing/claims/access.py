"""Who may see and handle claims."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import Http404

from billing.claims.models import Claim
from billing.funding.access import get_programme_to_rule as get_programme_to_claim
from billing.funding.access import require_finance

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from tenants.accounts.models import User

__all__ = ["get_claim", "get_programme_to_claim", "require_finance"]


def get_claim(user: User | AnonymousUser, public_id: UUID) -> Claim:
    """A claim with its programme and funder, for the finance desk. Raises Http404."""
    require_finance(user)
    found = (
        Claim.objects.select_related(
            "programme__funder", "funder", "drawn_by", "submitted_by", "withdrawn_by"
        )
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise Http404
    return found

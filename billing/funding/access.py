"""Who may see and write the rules of programmes."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import Http404

from billing.funding.models import Programme, RuleRevision, Voucher, VoucherSeries
from tenants.accounts.access import require_operator
from tenants.accounts.models import User

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

DESK = "finance"


def require_finance(user: User | AnonymousUser) -> User:
    """The finance desk and administrators. Raises Http404 for anybody else."""
    require_operator(user, DESK)
    if not isinstance(user, User):
        raise Http404
    return user


def get_programme_to_rule(user: User | AnonymousUser, slug: str) -> Programme:
    """Any programme with its budgets, for the finance desk. Raises Http404."""
    require_finance(user)
    found = Programme.objects.select_related("funder").prefetch_related("budgets").filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


def get_revision_to_rule(user: User | AnonymousUser, slug: str, number: int) -> RuleRevision:
    """A revision with its examples, for the finance desk. Raises Http404."""
    require_finance(user)
    found = (
        RuleRevision.objects.select_related("programme", "author", "published_by")
        .prefetch_related("examples")
        .filter(programme__slug=slug, number=number)
        .first()
    )
    if found is None:
        raise Http404
    return found


def get_draft_to_rule(user: User | AnonymousUser, slug: str, number: int) -> RuleRevision:
    """A revision that may still change, for the finance desk. Raises Http404."""
    found = get_revision_to_rule(user, slug, number)
    if not found.is_draft:
        raise Http404
    return found


def get_voucher_to_handle(user: User | AnonymousUser, public_id: UUID) -> Voucher:
    """A voucher with its programme and business, for the finance desk. Raises Http404."""
    require_finance(user)
    found = Voucher.objects.select_related("programme", "party").filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def get_series_to_handle(user: User | AnonymousUser, public_id: UUID) -> VoucherSeries:
    """A series of codes, for the finance desk. Raises Http404."""
    require_finance(user)
    found = VoucherSeries.objects.select_related("programme").filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found

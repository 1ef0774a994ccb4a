"""Who may look at commission rules and change them."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from billing.commission.models import CommissionRule
from tenants.accounts.access import require_operator
from tenants.accounts.models import User


def require_finance(user: User | AnonymousUser) -> None:
    """Staff with the finance role, and administrators. Raises Http404 for anybody else."""
    require_operator(user, "finance")


def get_rule_for(user: User | AnonymousUser, rule_id: int) -> CommissionRule:
    """A rule, for finance staff. Raises Http404."""
    require_finance(user)
    found = CommissionRule.objects.filter(pk=rule_id).first()
    if found is None:
        raise Http404
    return found

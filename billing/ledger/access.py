"""Who may look at the books."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from billing.ledger.models import Account, JournalEntry, VerificationRun
from tenants.accounts.access import require_operator
from tenants.accounts.models import User


def require_finance(user: User | AnonymousUser) -> None:
    """Staff with the finance role, and administrators. Raises Http404 for anybody else."""
    require_operator(user, "finance")


def get_account_for(user: User | AnonymousUser, code: str) -> Account:
    """An account of the chart, for finance staff. Raises Http404."""
    require_finance(user)
    account = Account.objects.filter(code=code).first()
    if account is None:
        raise Http404
    return account


def get_entry_for(user: User | AnonymousUser, source: str) -> JournalEntry:
    """An entry with its postings, for finance staff. Raises Http404."""
    require_finance(user)
    entry = (
        JournalEntry.objects.filter(source=source)
        .select_related("reverses", "reversal", "recorded_by")
        .prefetch_related("postings__account", "postings__party")
        .first()
    )
    if entry is None:
        raise Http404
    return entry


def get_run_for(user: User | AnonymousUser, run_id: int) -> VerificationRun:
    """A check of the books, for finance staff. Raises Http404."""
    require_finance(user)
    found = VerificationRun.objects.filter(pk=run_id).first()
    if found is None:
        raise Http404
    return found

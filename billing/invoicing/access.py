"""Who may see which invoice."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.http import Http404

from billing.invoicing.models import Invoice, IssueRefusal
from tenants.accounts.access import is_operator, require_operator
from tenants.accounts.models import User
from tenants.parties.models import Membership

DESK = "finance"


def get_invoice_for(user: User | AnonymousUser, number: str) -> Invoice:
    """The invoice, for members of its buyer or seller and for the operator's finance and support desks.

    Raises Http404 for anybody else: a number tells nothing to a stranger.
    """
    found = Invoice.objects.select_related("seller", "buyer").defer("snapshot").filter(number=number).first()
    if found is None or not user.is_authenticated or not user.is_active:
        raise Http404
    theirs = Q(party=found.buyer_id) | Q(party=found.seller_id)
    if Membership.objects.filter(theirs, user=user.pk).exists():
        return found
    if is_operator(user, DESK) or is_operator(user, "support"):
        return found
    raise Http404


def get_refusal_for(user: User | AnonymousUser, refusal_id: int) -> IssueRefusal:
    """An open refusal, for the operator's finance desk. Raises Http404."""
    require_operator(user, DESK)
    found = IssueRefusal.objects.filter(pk=refusal_id, settled_at=None).first()
    if found is None:
        raise Http404
    return found

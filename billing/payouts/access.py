"""Who may see payouts, and who may act on those that do not leave."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest

from billing.charges.models import ChargeEvent
from billing.payouts.models import PayoutLeg
from tenants.accounts.access import require_operator
from tenants.accounts.models import User
from tenants.parties.acting import acting_party
from tenants.parties.models import Party, PartyRole


def require_finance(user: User | AnonymousUser) -> None:
    """Staff with the finance role, and administrators. Raises Http404 for anybody else."""
    require_operator(user, "finance")


def get_seller_for(request: HttpRequest) -> Party:
    """The provider that the user acts for; its members see its payouts. Raises Http404 without one."""
    seller = acting_party(request, PartyRole.Role.PROVIDER)
    if seller is None:
        raise Http404
    return seller


def get_leg_to_handle(user: User | AnonymousUser, public_id: UUID) -> PayoutLeg:
    """A leg of a payout, for finance staff. Raises Http404."""
    require_finance(user)
    leg = PayoutLeg.objects.filter(public_id=public_id).first()
    if leg is None:
        raise Http404
    return leg


def get_event_to_handle(user: User | AnonymousUser, public_id: UUID) -> ChargeEvent:
    """An event that was not delivered, for finance staff. Raises Http404."""
    require_finance(user)
    event = ChargeEvent.objects.filter(public_id=public_id).first()
    if event is None:
        raise Http404
    return event

"""Who may see payouts, and who may act on those that do not leave."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest

from billing.charges.models import ChargeEvent
from billing.payouts.models import Payout, PayoutLeg, SellerDebt, Statement, TransferReversal
from tenants.accounts.access import is_operator, require_operator
from tenants.accounts.models import User
from tenants.parties.acting import acting_party
from tenants.parties.models import Membership, Party, PartyRole


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


def get_reversal_to_handle(user: User | AnonymousUser, public_id: UUID) -> TransferReversal:
    """A transfer that is being taken back, for finance staff. Raises Http404."""
    require_finance(user)
    reversal = TransferReversal.objects.filter(public_id=public_id).first()
    if reversal is None:
        raise Http404
    return reversal


def get_payout_to_handle(user: User | AnonymousUser, public_id: UUID) -> Payout:
    """A payout with what it is for, for finance staff. Raises Http404."""
    require_finance(user)
    payout = (
        Payout.objects.select_related("seller", "release__item__charge__buyer", "release__item__seller")
        .filter(public_id=public_id)
        .first()
    )
    if payout is None:
        raise Http404
    return payout


def get_debt_to_handle(user: User | AnonymousUser, public_id: UUID) -> SellerDebt:
    """What a provider owes, for finance staff. Raises Http404."""
    require_finance(user)
    debt = SellerDebt.objects.select_related("party", "release__item").filter(public_id=public_id).first()
    if debt is None:
        raise Http404
    return debt


def get_statement_for(user: User | AnonymousUser, public_id: UUID) -> Statement:
    """A statement, for members of its provider and for finance staff. Raises Http404 for anybody else."""
    found = Statement.objects.select_related("party").filter(public_id=public_id).first()
    if found is None or not user.is_authenticated or not user.is_active:
        raise Http404
    if Membership.objects.filter(party=found.party_id, user=user.pk).exists() or is_operator(user, "finance"):
        return found
    raise Http404


def get_event_to_handle(user: User | AnonymousUser, public_id: UUID) -> ChargeEvent:
    """An event that was not delivered, for finance staff. Raises Http404."""
    require_finance(user)
    event = ChargeEvent.objects.filter(public_id=public_id).first()
    if event is None:
        raise Http404
    return event

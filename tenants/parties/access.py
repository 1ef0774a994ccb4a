"""Who may act for a party."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from tenants.accounts.models import User
from tenants.parties.models import Membership, Party


def is_member(user: User | AnonymousUser, party_id: int) -> bool:
    """An active user with a membership of the party, whatever its role."""
    return bool(
        user.is_authenticated
        and user.is_active
        and Membership.objects.filter(user=user.pk, party=party_id).exists()
    )


def is_owner(user: User | AnonymousUser, party_id: int) -> bool:
    """A member who may also let others in and out and give the party its numbers."""
    return Membership.objects.filter(user=user.pk, party=party_id, role=Membership.Role.OWNER).exists()


def get_party_for(user: User | AnonymousUser, public_id: UUID, *, owner: bool = False) -> Party:
    """The party, for its members (its owners only with ``owner``). Raises Http404 for anybody else."""
    memberships = Membership.objects.filter(user=user.pk, party__public_id=public_id).select_related("party")
    if owner:
        memberships = memberships.filter(role=Membership.Role.OWNER)
    found = memberships.first() if user.is_authenticated and user.is_active else None
    if found is None:
        raise Http404
    return found.party

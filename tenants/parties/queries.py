"""What can be asked about parties."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from tenants.accounts.models import User
from tenants.parties.models import Party, PartyRole


def operator_party() -> Party | None:
    """The legal identity of the tenant itself, with its VAT regimes; None before it is set up."""
    return (
        Party.objects.filter(roles__role=PartyRole.Role.OPERATOR)
        .prefetch_related("vat_regime_periods")
        .first()
    )


def parties_of(user: User | AnonymousUser) -> list[Party]:
    """The parties a person acts for, with their roles, in the order of joining; two statements at most."""
    if not user.is_authenticated:
        return []
    return list(
        Party.objects.filter(memberships__user=user.pk)
        .prefetch_related("roles")
        .order_by("memberships__joined_at", "pk")
    )


def has_role(party: Party, role: str, *states: str) -> bool:
    """Whether the party has the role, in one of the states when given; uses prefetched roles."""
    return any(r.role == role and (not states or r.state in states) for r in party.roles.all())


def parties_with_role(role: str, *states: str) -> list[Party]:
    """Parties of a role, by name."""
    found = Party.objects.filter(roles__role=role)
    if states:
        found = Party.objects.filter(roles__role=role, roles__state__in=states)
    return list(found.order_by("legal_name", "pk"))

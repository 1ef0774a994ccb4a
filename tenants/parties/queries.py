"""What can be asked about parties."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from tenants.accounts.models import User
from tenants.database.written import Written
from tenants.parties.models import Party, PartyRole


def operator_party() -> Party | None:
    """The legal identity of the tenant itself, with its VAT regimes; None before it is set up."""
    return (
        Party.objects.filter(roles__role=PartyRole.Role.OPERATOR)
        .prefetch_related("vat_regime_periods")
        .first()
    )


def parties_of(user: User | AnonymousUser) -> list[Party]:
    """The parties a person acts for, with their roles, in the order of joining; one statement at most."""
    if not user.is_authenticated:
        return []
    parties = _WITH_ROLES.objects(user.pk)
    for party in parties:
        _hold_roles(party, party.role_rows)  # type: ignore[attr-defined]
    return parties


def _with_roles(user_id: int) -> QuerySet[Party]:
    rows = PartyRole.objects.filter(party=OuterRef("pk")).order_by("role")
    columns = {name: name for name in ("id", "role", "state", "created_at")}
    return (
        Party.objects.filter(memberships__user=user_id)
        .annotate(role_rows=ArraySubquery(rows.values(row=JSONObject(**columns))))
        .order_by("memberships__joined_at", "pk")
    )


_WITH_ROLES = Written(_with_roles, -7001)


def _hold_roles(party: Party, rows: list[dict[str, Any]]) -> None:
    """Fill `party.roles.all()` as prefetch_related would, from what came with the party."""
    held = party.roles.all()
    held._result_cache = [  # noqa: SLF001 - what a prefetch fills too
        PartyRole.from_db(
            held.db,
            ["id", "party_id", "role", "state", "created_at"],
            [row["id"], party.pk, row["role"], row["state"], datetime.fromisoformat(row["created_at"])],
        )
        for row in rows
    ]
    for role in held._result_cache:  # noqa: SLF001
        role.party = party
    party._prefetched_objects_cache = {"roles": held}  # type: ignore[attr-defined]  # noqa: SLF001


def has_role(party: Party, role: str, *states: str) -> bool:
    """Whether the party has the role, in one of the states when given; uses prefetched roles."""
    return any(r.role == role and (not states or r.state in states) for r in party.roles.all())


def parties_with_role(role: str, *states: str) -> list[Party]:
    """Parties of a role, by name."""
    found = Party.objects.filter(roles__role=role)
    if states:
        found = Party.objects.filter(roles__role=role, roles__state__in=states)
    return list(found.order_by("legal_name", "pk"))


def members_of(party: Party | int) -> QuerySet[Any]:
    """Active people who act for a party."""
    party_id = party if isinstance(party, int) else party.pk
    return User.objects.filter(memberships__party=party_id, is_active=True).order_by("pk")

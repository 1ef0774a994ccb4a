"""Who belongs to the operator's staff."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

if TYPE_CHECKING:
    from tenants.accounts.models import User

ADMINISTRATOR = "administrator"


def staff_roles(user: User | AnonymousUser) -> frozenset[str]:
    """The roles of an active user, asked once a request and kept on the user object."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    known: frozenset[str] | None = getattr(user, "_staff_roles", None)
    if known is None:
        known = remember_staff_roles(user, user.staff_roles.values_list("role", flat=True))
    return known


def remember_staff_roles(user: User, roles: Iterable[str]) -> frozenset[str]:
    """Keep the roles on the user object, for whoever has read them already."""
    known = frozenset(roles)
    user._staff_roles = known  # type: ignore[attr-defined]  # noqa: SLF001
    return known


def is_operator(user: User | AnonymousUser, role: str | None = None) -> bool:
    """Staff of this tenant; with ``role`` those of that desk, administrators always."""
    roles = staff_roles(user)
    if role is None:
        return bool(roles)
    return bool(roles & {role, ADMINISTRATOR})


def require_operator(user: User | AnonymousUser, *roles: str) -> None:
    """Raise Http404 unless the user has one of the desks, any desk when none is named."""
    if not (any(is_operator(user, role) for role in roles) if roles else is_operator(user)):
        raise Http404

"""Whom a session or a password belongs to."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet

from tenants.accounts.access import remember_staff_roles
from tenants.accounts.models import StaffRole, User
from tenants.database.written import Written


class AccountBackend(AuthenticationBackend):
    """allauth's backend, which brings the desks of the person in the statement that brings the person.

    Every page of somebody who is signed in asks both.
    """

    def get_user(self, user_id: int) -> User | None:
        """The user of a session; None when there is none any more or the account is closed."""
        user = next(iter(_WITH_DESKS.objects(user_id)), None)
        if user is None or not self.user_can_authenticate(user):
            return None
        remember_staff_roles(user, user.desks)  # type: ignore[attr-defined]
        return user


def _with_desks(user_id: int) -> QuerySet[User]:
    desks = StaffRole.objects.filter(user=OuterRef("pk")).order_by("role").values("role")
    return User.objects.annotate(desks=ArraySubquery(desks)).filter(pk=user_id).order_by()


_WITH_DESKS = Written(_with_desks, -7001)

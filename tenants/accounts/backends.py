"""Whom a session or a password belongs to."""

from __future__ import annotations

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef

from tenants.accounts.access import remember_staff_roles
from tenants.accounts.models import StaffRole, User


class AccountBackend(AuthenticationBackend):
    """allauth's backend, which brings the desks of the person in the statement that brings the person.

    Every page of somebody who is signed in asks both.
    """

    def get_user(self, user_id: int) -> User | None:
        """The user of a session; None when there is none any more or the account is closed."""
        desks = StaffRole.objects.filter(user=OuterRef("pk")).order_by("role").values("role")
        user = User.objects.annotate(desks=ArraySubquery(desks)).filter(pk=user_id).first()
        if user is None or not self.user_can_authenticate(user):
            return None
        remember_staff_roles(user, user.desks)
        return user

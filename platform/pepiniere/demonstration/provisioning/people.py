"""Users of the demonstration: verified addresses, drawn passwords, staff roles."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher, make_password

from pepiniere.demonstration.accounts import DemoAccount
from tenants.accounts.models import StaffRole, User

# Passwords are drawn with over 60 bits, so that stretching them a million times protects nothing; the first
# log-in brings the hash to the usual strength.
ITERATIONS = 20_000


def ensure_user(account: DemoAccount, *, staff_role: str = "", superuser: bool = False) -> User:
    """The user of an account in the current schema; a new one can log in at once."""
    user = User.objects.filter(email=account.email).first()
    if user is None:
        user = User(
            email=account.email, full_name=account.full_name, is_staff=superuser, is_superuser=superuser
        )
        user.password = _hashed(account.password)
        user.save()
    EmailAddress.objects.get_or_create(
        user=user, email=account.email, defaults={"verified": True, "primary": True}
    )
    if staff_role:
        StaffRole.objects.get_or_create(user=user, role=staff_role)
    return user


def _hashed(password: str) -> str:
    hasher = get_hasher()
    if isinstance(hasher, PBKDF2PasswordHasher):
        return str(hasher.encode(password, hasher.salt(), iterations=ITERATIONS))
    return make_password(password)

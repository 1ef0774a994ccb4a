"""API tokens: made, shown once, found again by their digest, revoked."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from tenants.accounts.models import ApiToken, User

PREFIX = "pep_"
# A write at each call would make reading calls write.
_USE_NOTED_EVERY = timedelta(minutes=5)


@transaction.atomic
def create_token(*, user: User, name: str, scopes: Sequence[str]) -> tuple[ApiToken, str]:
    """The row and the secret; the secret exists nowhere else. Raises ValueError for an unknown scope."""
    unknown = set(scopes) - set(ApiToken.Scope.values)
    if unknown or not scopes:
        raise ValueError(f"unknown scopes: {sorted(unknown)}")
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user, name=name.strip(), prefix=secret[:10], digest=digest_of(secret), scopes=sorted(set(scopes))
    )
    return token, secret


@transaction.atomic
def revoke_token(*, token: ApiToken) -> ApiToken:
    """From now on the secret opens nothing; a second call changes nothing."""
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
    return token


def find_token(secret: str) -> ApiToken | None:
    """The usable token with this secret in the current schema, with its active user."""
    return (
        ApiToken.objects.select_related("user")
        .filter(digest=digest_of(secret), revoked_at=None, user__is_active=True)
        .first()
    )


def note_use(token: ApiToken) -> None:
    """Remember that the token was used, to the nearest minutes."""
    now = timezone.now()
    if token.last_used_at is None or now - token.last_used_at > _USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)


def digest_of(secret: str) -> str:
    """The secrets are long and random: a plain hash keeps them."""
    return hashlib.sha256(secret.encode()).hexdigest()

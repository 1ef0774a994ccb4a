"""Entering a space as somebody in one click: a signed address that works once, for a minute."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.core.cache import cache

SALT = "pepiniere.demonstration.entry"
SECONDS = 60
PATH = "/demonstration/entree/"


@dataclass(frozen=True)
class Entry:
    """Who enters which space."""

    space: str
    email: str


def entry_address(*, space: str, host: str, email: str) -> str:
    """The absolute address on the space's own host that lets its visitor in once."""
    token = signing.dumps(
        {"space": space, "email": email, "nonce": secrets.token_urlsafe(12)}, salt=SALT, compress=True
    )
    return f"{settings.ENVIRONMENT.origin(host)}{PATH}?jeton={token}"


def redeem(token: str, *, space: str) -> Entry | None:
    """Whom a token lets into ``space``; None when it is forged, old, used or another space's."""
    try:
        content = signing.loads(token, salt=SALT, max_age=SECONDS)
    except signing.BadSignature:
        return None
    if content["space"] != space:
        return None
    # Only the first to add the mark may enter.
    if not cache.add(f"demonstration-entry:{content['nonce']}", 1, timeout=SECONDS * 2):
        return None
    return Entry(space=content["space"], email=content["email"])

"""Entering a space as somebody in one click: a signed address that works once, for a minute."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.core.cache import cache

from tenants.accounts.language import page_language

SALT = "pepiniere.demonstration.entry"
SECONDS = 60
PATH = "/demonstration/entree/"


@dataclass(frozen=True)
class Entry:
    """Who enters which space, from a page in which language."""

    space: str
    email: str
    language: str


def entry_address(*, space: str, host: str, email: str) -> str:
    """The absolute address on the space's own host that lets its visitor in once."""
    content = {
        "space": space,
        "email": email,
        "language": page_language(),
        "nonce": secrets.token_urlsafe(12),
    }
    token = signing.dumps(content, salt=SALT, compress=True)
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
    return Entry(space=content["space"], email=content["email"], language=content["language"])

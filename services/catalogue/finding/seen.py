"""The services that a visitor has looked at, in the session: no row and no cookie of their own."""

from __future__ import annotations

from django.contrib.sessions.backends.base import SessionBase

SEEN_KEY = "seen_services"
SEEN_SERVICES = 8


def remember_seen(session: SessionBase, slug: str) -> None:
    """Put a service first among those seen; a session that says so already is not written."""
    before = seen_slugs(session)
    if before[:1] != [slug]:
        session[SEEN_KEY] = [slug, *(other for other in before if other != slug)][:SEEN_SERVICES]


def seen_slugs(session: SessionBase) -> list[str]:
    """Slugs of the last services seen, the latest first."""
    return list(session.get(SEEN_KEY, []))

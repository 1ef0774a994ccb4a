"""The services that a visitor has looked at, in a cookie: nothing is stored, and a robot leaves no rows."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from django.conf import settings
from django.core.validators import slug_re
from django.http import HttpResponse

SEEN_COOKIE = "seen"
SEEN_SERVICES = 8
SEEN_FOR = datetime.timedelta(days=30)
# No letter of a slug, and nothing that a cookie would have to quote.
_BETWEEN = "."


def seen_slugs(cookies: Mapping[str, str]) -> list[str]:
    """Slugs of the last services seen, the latest first; what a cookie says besides is passed over."""
    written = cookies.get(SEEN_COOKIE, "").split(_BETWEEN)
    return [slug for slug in written if len(slug) <= 160 and slug_re.search(slug)][:SEEN_SERVICES]


def remember_seen(response: HttpResponse, before: Sequence[str], slug: str) -> None:
    """Put a service first among those seen."""
    seen = [slug, *(other for other in before if other != slug)][:SEEN_SERVICES]
    response.set_cookie(
        SEEN_COOKIE,
        _BETWEEN.join(seen),
        max_age=SEEN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )

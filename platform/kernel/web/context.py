"""The context that every layout reads."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from kernel.web.sites import site_of

APPEARANCE_COOKIE = "appearance"
APPEARANCES = ("light", "dark")


def here(request: HttpRequest) -> dict[str, Any]:
    """`here` (see `kernel.web.sites.Site`) and `theme_mode`: light, dark, or empty for the system's."""
    chosen = request.COOKIES.get(APPEARANCE_COOKIE, "")
    return {
        "here": SimpleLazyObject(lambda: site_of(request)),
        "theme_mode": chosen if chosen in APPEARANCES else "",
    }

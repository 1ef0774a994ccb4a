"""What the layouts know about the site on which a page is shown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext

from kernel.web.theme import PLATFORM_BRAND, Shades, brand_palettes, theme_hash

_SMALL_WORDS = frozenset(
    ("au", "aux", "d", "de", "des", "du", "en", "et", "l", "la", "le", "les", "of", "the", "and")
)


@dataclass(frozen=True)
class Site:
    """A tenant's site or the platform's own: name, look and what kind of money moves on it."""

    name: str
    tagline: str
    time_zone: str
    brand: Mapping[str, str] = field(default_factory=dict)
    logo_url: str | None = None
    home_url: str = "/"
    search_url: str = ""
    suggest_url: str = ""
    is_platform: bool = False
    is_demo: bool = False
    is_sandbox: bool = False
    # Asked by messages alone: the address of the site may cost a statement.
    origin_of: Callable[[], str] = field(default=str, repr=False, compare=False)

    @property
    def monogram(self) -> str:
        """One or two capitals of the name: what stands where no logo was given."""
        return monogram(self.name)

    @property
    def shades(self) -> Shades:
        """The main colour's shades in light mode, for mails and paper."""
        return brand_palettes(self.brand)[0].light

    @cached_property
    def mail_logo_url(self) -> str:
        """The logo's whole address, for messages that are read elsewhere; empty where there is none."""
        return f"{self.origin_of()}{self.logo_url}" if self.logo_url else ""

    @cached_property
    def theme_url(self) -> str:
        """The address of the stylesheet with this site's colours; it changes with them."""
        try:
            return reverse("web:theme", args=[theme_hash(self.brand)])
        except NoReverseMatch:
            # The back office has no theme of ours.
            return ""


def site_of(request: HttpRequest) -> Site:
    """The site of a request: its tenant's, or the platform's where there is none. No query."""
    return site_for(getattr(request, "tenant", None))


def site_for(tenant: Any | None) -> Site:
    """The site of a tenant, or the platform's for None: for mails and papers made outside a request."""
    if tenant is None:
        return Site(
            name="Pépinière",
            tagline=gettext("Des services partagés pour les jeunes entreprises"),
            time_zone=settings.TIME_ZONE,
            brand=PLATFORM_BRAND,
            is_platform=True,
        )
    return Site(
        name=tenant.name,
        tagline=_tagline(tenant),
        time_zone=tenant.time_zone,
        brand=tenant.brand or PLATFORM_BRAND,
        logo_url=getattr(tenant, "logo_url", None) or None,
        search_url="/services/",
        suggest_url="/suggestions/",
        is_demo=tenant.is_demo,
        is_sandbox=bool(getattr(settings, "SANDBOX_URL", "")),
        origin_of=lambda: tenant.origin,
    )


def monogram(name: str) -> str:
    """The initials of the first two words that carry meaning: « La Couveuse du Marais » gives « CM »."""
    words = [word for word in re.split(r"[^\w]+", name) if word and word.casefold() not in _SMALL_WORDS]
    return "".join(word[0] for word in words[:2]).upper()


def _tagline(tenant: Any) -> str:
    if getattr(tenant, "kind", "") == "incubator":
        return gettext("Les services de votre pépinière d’entreprises")
    return gettext("Les services de votre région pour entreprendre")

"""Every page that somebody can reach: no dead link, nothing refused, nothing too wide, accessible."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from pepiniere.tour.visitor import Visitor
from tests.journeys.crawling import Walk, context_of, look, overflow, violations, walk
from tests.live.stack import Live

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

TENANT, PLATFORM = "pepiniere.urls.tenant", "pepiniere.urls.platform"
STARTS = {
    "": "/",
    "entrepreneur": "/",
    "provider": "/prestataire/",
    "administrator": "/console/",
    "catalogue": "/console/",
    "finance": "/console/",
    "support": "/console/",
    "platform_owner": "/espaces/",
}
# The desks see a part of what the administrator sees: their links are followed, their pages are the same.
LOOKED_AT = ("", "entrepreneur", "provider", "administrator", "platform_owner")
DARK_EVERY = 4


@pytest.mark.parametrize("role", STARTS)
def test_no_link_is_dead_and_no_page_is_wrong(
    live: Live, browser: Browser, enter: Callable[[str], Visitor], role: str
) -> None:
    """From the first page of each face, all links; each kind of page in a browser, wide, narrow and dark."""
    found = _walk(live, enter(role), role)
    assert found.dead == []
    assert len(found.asked) > 4
    if role not in LOOKED_AT:
        return
    wrong = []
    wide = context_of(browser, enter(role), found.origin, viewport={"width": 1280, "height": 900})
    dark = context_of(
        browser, enter(role), found.origin, viewport={"width": 390, "height": 844}, color_scheme="dark"
    )
    # A window for all pages: to open one costs about as much as to look at one.
    page, dark_page = wide.new_page(), dark.new_page()
    for number, path in enumerate(found.to_see):
        page.set_viewport_size({"width": 1280, "height": 900})
        complaints = look(page, found.origin + path) + violations(page)
        page.set_viewport_size({"width": 390, "height": 844})
        complaints += overflow(page, 390)
        if number % DARK_EVERY == 0:
            complaints += look(dark_page, found.origin + path) + violations(dark_page)
            complaints += overflow(dark_page, 390)
        wrong += [f"{path}: {complaint}" for complaint in dict.fromkeys(complaints)]
    wide.close()
    dark.close()
    assert wrong == []


def test_the_first_page_of_the_platform(
    live: Live, browser: Browser, enter: Callable[[str], Visitor]
) -> None:
    """The door for newcomers."""
    origin = live.origin(live.platform_host)
    nobody = Visitor("a newcomer", origin)
    found = walk(nobody, origin=origin, urlconf=PLATFORM, start="/")
    assert found.dead == []
    context = context_of(browser, nobody, origin, viewport={"width": 390, "height": 844})
    wrong = []
    page = context.new_page()
    for path in found.to_see:
        complaints = look(page, origin + path) + violations(page) + overflow(page, 390)
        wrong += [f"{path}: {complaint}" for complaint in complaints]
    context.close()
    assert wrong == []


def _walk(live: Live, visitor: Visitor, role: str) -> Walk:
    if role == "platform_owner":
        origin, urlconf = live.origin(live.platform_host), PLATFORM
    else:
        origin, urlconf = live.origin(live.spaces["canari-a"]["host"]), TENANT
    return walk(visitor, origin=origin, urlconf=urlconf, start=STARTS[role])

"""One browser for the journeys of a process, and people who are logged in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from pepiniere.tour.people import log_in
from pepiniere.tour.visitor import Visitor
from tests.live.stack import Live


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium, without its sandbox since tests may run as root."""
    with sync_playwright() as playwright:
        path = os.environ.get("PEPINIERE_CHROMIUM", "/usr/bin/chromium")
        found = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.fixture(scope="package")
def enter(live: Live) -> Callable[[str], Visitor]:
    """Somebody of a role, logged in once; an empty role is a person whom nobody knows."""
    known: dict[str, Visitor] = {}

    def entered(role: str) -> Visitor:
        if role not in known:
            if not role:
                known[role] = Visitor("anybody", live.origin(live.spaces["canari-a"]["host"]))
            else:
                account = live.account(role, "platform" if role == "platform_owner" else "canari-a")
                known[role] = Visitor(role, live.origin(account.host))
                log_in(known[role], account.email, account.password)
        return known[role]

    return entered

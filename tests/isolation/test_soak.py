"""Thirty-two threads alternate between two tenants for a minute, and no page ever speaks of the other."""

from __future__ import annotations

import itertools
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from pepiniere.tour.people import log_in
from pepiniere.tour.visitor import Visitor
from tests.live.stack import Live

THREADS = 32
SECONDS = 60
PAGES = {
    "": ("/", "/services/", "/panier/", "/compte/login/", "/dispositifs/"),
    "entrepreneur": ("/commandes/", "/factures/", "/services/", "/structures/"),
    "provider": ("/prestataire/", "/prestataire/prestations/", "/prestataire/versements/"),
    "administrator": ("/console/", "/console/commandes/", "/console/argent/", "/api/v1/services/"),
}


@pytest.mark.soak
@pytest.mark.timeout(240)
def test_thirty_two_threads_alternating_hosts(live: Live) -> None:
    """Each answer names its own tenant only, whoever asks, whatever the thread asked before."""
    cookies = {(slug, role): _cookies(live, slug, role) for slug in live.spaces for role in PAGES}
    until = time.monotonic() + SECONDS
    asked = itertools.count()
    wrong: list[str] = []
    silent: set[tuple[str, str]] = set()
    speaking: set[tuple[str, str]] = set()
    lock = threading.Lock()

    def wander(number: int) -> None:
        with httpx.Client(base_url=f"http://127.0.0.1:{live.stack.port}", timeout=60) as client:
            roles = itertools.cycle(PAGES)
            for turn in itertools.count(number):
                if time.monotonic() > until or wrong:
                    return
                slug, role = list(live.spaces)[turn % 2], next(roles)
                path = PAGES[role][turn // 2 % len(PAGES[role])]
                space = live.spaces[slug]
                other = next(found for name, found in live.spaces.items() if name != slug)
                headers = {"Host": f"{space['host']}:{live.stack.port}", "Cookie": cookies[slug, role]}
                answer = client.get(path, headers=headers)
                # What the tenants have in common would hide a mistake: names and words, both told apart.
                said = answer.text + repr(answer.headers)
                with lock:
                    next(asked)
                    if answer.status_code != 200 or other["word"] in said or other["host"] in said:
                        wrong.append(f"{space['host']}{path} as {role or 'anybody'}: {answer.status_code}")
                    (speaking if space["word"] in said else silent).add((role, path))

    with ThreadPoolExecutor(THREADS) as pool:
        for finished in [pool.submit(wander, number) for number in range(THREADS)]:
            finished.result()
    assert wrong == []
    assert silent - speaking == set()
    assert next(asked) > THREADS * 10


def _cookies(live: Live, slug: str, role: str) -> str:
    if not role:
        return ""
    account = live.account(role, slug)
    visitor = Visitor(role, live.origin(account.host))
    log_in(visitor, account.email, account.password)
    names = ("session", "csrf")
    given = {name: visitor.cookie(name) for name in names}
    visitor.close()
    return "; ".join(f"{name}={value}" for name, value in given.items() if value)

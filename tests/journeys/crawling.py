"""Following every link of a site as one person, and looking at each kind of page in a browser."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve
from lxml import html
from playwright.sync_api import Browser, BrowserContext, Page

from pepiniere.tour.visitor import Visitor

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}}
# Pages of one kind differ by their objects; with a query they differ by little.
MOST_OF_A_KIND = 15
MOST_QUERIES_OF_A_KIND = 3
# Looked at in the browser; what has a life looks different in each of its states.
SEEN_OF_A_KIND = Counter(
    {"orders:order": 6, "fulfilment:line": 3, "orders:console_order": 3, "catalogue:service": 2}
)
# Logging out would end the walk; it is a page that asks first, looked at alone.
NOT_FOLLOWED = ("/compte/logout/",)


@dataclass
class Walk:
    """What one person found."""

    origin: str
    urlconf: str
    asked: list[str] = field(default_factory=list)
    to_see: list[str] = field(default_factory=list)
    dead: list[str] = field(default_factory=list)


def walk(visitor: Visitor, *, origin: str, urlconf: str, start: str) -> Walk:
    """Follow the links from ``start`` as this person; every answer must be 200 after its redirects."""
    found = Walk(origin, urlconf)
    waiting: deque[tuple[str, str]] = deque([(start, "the start")])
    met = {start}
    kinds: Counter[tuple[str, bool]] = Counter()
    seen_kinds: Counter[str] = Counter()
    while waiting:
        path, source = waiting.popleft()
        kind = _kind(path, urlconf)
        kinds[kind] += 1
        if kinds[kind] > (MOST_QUERIES_OF_A_KIND if kind[1] else MOST_OF_A_KIND):
            continue
        answer = _get(visitor, origin + path)
        found.asked.append(path)
        if answer.status_code != 200:
            found.dead.append(f"{path} (from {source}): {answer.status_code}")
            continue
        if not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        if not kind[1] and seen_kinds[kind[0]] < (SEEN_OF_A_KIND[kind[0]] or 1):
            seen_kinds[kind[0]] += 1
            found.to_see.append(path)
        for target in _links(answer, origin + path):
            if target not in met and not target.startswith(NOT_FOLLOWED):
                met.add(target)
                waiting.append((target, path))
    return found


def look(page: Page, address: str) -> list[str]:
    """Open an address; what the browser complains about."""
    complaints: list[str] = []

    def complain(message: Any) -> None:
        if message.type in ("error", "warning"):
            complaints.append(f"console: {message.text}")

    def give_up(error: Any) -> None:
        complaints.append(f"script: {error}")

    page.on("console", complain)
    page.on("pageerror", give_up)
    answer = page.goto(address)
    # The next address may be opened in the same window.
    page.remove_listener("console", complain)
    page.remove_listener("pageerror", give_up)
    if answer is None or answer.status != 200:
        complaints.append(f"status {answer.status if answer else 'none'}")
    return complaints


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG 2.2 A and AA, at any impact."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"axe {each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


def overflow(page: Page, width: int) -> list[str]:
    """Whether the page is wider than the window."""
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [f"{wide} px wide in a window of {width}"] if wide > width else []


def context_of(browser: Browser, visitor: Visitor, origin: str, **options: Any) -> BrowserContext:
    """A browser context with this person's cookies."""
    context = browser.new_context(locale="fr-FR", **options)
    visitor.url = origin + "/"
    cookies = {name: visitor.cookie(name) for name in ("session", "csrf")}
    context.add_cookies([{"name": n, "value": v, "url": origin} for n, v in cookies.items() if v])
    return context


def _get(visitor: Visitor, address: str) -> httpx.Response:
    for _hop in range(10):
        answer = visitor._send("GET", address)
        if answer.status_code not in (301, 302, 303, 307, 308):
            return answer
        address = urljoin(address, answer.headers["location"])
    return answer


def _kind(path: str, urlconf: str) -> tuple[str, bool]:
    parts = urlsplit(path)
    try:
        name = resolve(parts.path, urlconf=urlconf).view_name
    except Resolver404:
        name = parts.path
    return name, bool(parts.query)


def _links(answer: httpx.Response, address: str) -> list[str]:
    """Paths on the same site that the page links to, fragments left out, in their order."""
    here = urlsplit(address)
    document: Any = html.fromstring(answer.text)
    found = []
    for link in document.xpath("//a[@href]"):
        target = urlsplit(urljoin(address, link.get("href")))
        if (target.scheme, target.netloc) == (here.scheme, here.netloc):
            found.append(target.path + (f"?{target.query}" if target.query else ""))
    return list(dict.fromkeys(found))

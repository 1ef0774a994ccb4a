"""The main job on a telephone: order, pay at the bank, deliver, approve, invoice; also without scripts."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.journeys.crawling import overflow
from tests.live.stack import Live

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

# Of two steps and of one, by two providers.
SERVICES = ("site-une-page-atelier-web-des-marais", "audit-accessibilite-clain-numerique")
SELLERS = ("atelier-web-des-marais", "clain-numerique")
PHONE: ViewportSize = {"width": 390, "height": 844}
DECLINED_CARD, GOOD_CARD = "4000 0000 0000 0002", "4242 4242 4242 4242"


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_order_pay_deliver_approve(live: Live, browser: Browser, scripts: bool) -> None:
    """From the catalogue to the invoice; each page fits the telephone."""
    complaints: list[str] = []
    buyer = _telephone(browser, complaints, scripts=scripts)
    _log_in(live, buyer, "entrepreneur")
    _order(live, buyer)
    number = _pay(buyer)
    for slug in SELLERS:
        seller = _telephone(browser, complaints, scripts=scripts)
        _log_in(live, seller, "provider", slug)
        _accept_and_start(live, seller, number)
        while _deliver(seller):
            _approve(live, buyer, number)
            seller.reload()
        seller.context.close()
    _see_invoices(live, buyer, number)
    buyer.context.close()
    assert complaints == []


def _telephone(browser: Browser, complaints: list[str], *, scripts: bool) -> Page:
    """A page of a person's own whose every address is checked for its width and its console."""
    context: BrowserContext = browser.new_context(
        viewport=PHONE,
        java_script_enabled=scripts,
        locale="fr-FR",
    )
    page = context.new_page()
    page.set_default_timeout(8_000)

    def complain(message: object) -> None:
        text = str(getattr(message, "text", ""))
        # A card that is refused is a 402 of the bank's page, which Chromium reports as an error.
        refused = "status of 402" in text and "paiement.localhost" in page.url
        if getattr(message, "type", "") == "error" and not refused:
            complaints.append(f"{page.url}: {text}")

    page.on("console", complain)
    return page


def _log_in(live: Live, page: Page, role: str, email: str = "") -> None:
    account = live.account(role, email=email)
    page.goto(live.origin(account.host) + "/compte/login/")
    page.locator("[name=login]").fill(account.email)
    page.locator("[name=password]").fill(account.password)
    page.locator("form:has([name=login]) button[type=submit]").click()
    expect(page).not_to_have_url(re.compile("/compte/login/"))


def _order(live: Live, page: Page) -> None:
    """Two services in the cart, every question answered, everything checked, the terms accepted."""
    origin = live.origin(live.spaces["canari-a"]["host"])
    for slug in SERVICES:
        page.goto(f"{origin}/services/{slug}/")
        _fits(page)
        page.get_by_role("button", name="Ajouter au panier").click()
    page.goto(f"{origin}/panier/")
    _fits(page)
    page.goto(f"{origin}/commander/")
    while "/commander/questions/" in page.url:
        _fits(page)
        _answer(page)
        asked = page.url
        page.get_by_role("button", name="Continuer").click()
        expect(page).not_to_have_url(asked)
    _fits(page)
    page.locator("[name=accept]").check()
    page.locator("form:has([name=accept]) button[type=submit]").last.click()
    page.wait_for_url(re.compile(r"/commandes/[^/]+/payer/"))


def _answer(page: Page) -> None:
    if page.locator("[name=street]").count():
        for name, value in {"street": "12 rue de l’Exemple", "postal_code": "79000", "town": "Niort"}.items():
            page.locator(f"[name={name}]").fill(value)
        return
    field = page.locator("main [name=answer]").first
    kind = field.evaluate("field => field.tagName === 'INPUT' ? field.type : field.tagName.toLowerCase()")
    if kind in ("radio", "checkbox"):
        field.check()
    elif kind == "select":
        field.select_option(index=1)
    elif kind == "file":
        pixel = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
        field.set_input_files({"name": "logo.svg", "mimeType": "image/svg+xml", "buffer": pixel})
    elif kind == "date":
        field.fill("2027-03-01")
    elif kind == "url":
        field.fill("https://savonnerie.example/")
    elif kind == "number" or field.get_attribute("inputmode") in ("numeric", "decimal"):
        field.fill("5")
    else:
        field.fill("Une savonnerie artisanale qui vend au marché.")


def _pay(page: Page) -> str:
    """One card is refused at the bank's page, another one pays; the number of the order."""
    found = re.search(r"/commandes/([^/]+)/payer/", page.url)
    assert found
    _fits(page)
    page.get_by_role("button", name=re.compile("Payer")).click()
    page.wait_for_url(re.compile("paiement.localhost"))
    for card in (DECLINED_CARD, GOOD_CARD):
        _fits(page)
        page.locator("[name=number]").fill(card)
        page.locator("[name=expiry]").fill("12 / 30")
        page.locator("[name=cvc]").fill("123")
        page.locator("[name=name]").fill("Camille Moreau")
        page.get_by_role("button", name=re.compile("Payer")).click()
    page.wait_for_url(re.compile(f"/commandes/{found[1]}/"))
    origin = page.url.split("/commandes/")[0]
    _until(lambda: "Envoyée" in _text(page, f"{origin}/commandes/{found[1]}/"), "the paid order")
    _fits(page)
    return found[1]


def _accept_and_start(live: Live, page: Page, number: str) -> None:
    page.goto(live.origin(live.spaces["canari-a"]["host"]) + "/prestataire/prestations/")
    _fits(page)
    page.locator(f"main a[href*='/prestataire/prestations/{number}-']").first.click()
    page.get_by_role("button", name="Accepter").click()
    page.get_by_role("button", name="Démarrer").click()
    expect(page.get_by_role("button", name=re.compile("Livrer")).first).to_be_visible()


def _deliver(page: Page) -> bool:
    """Hand over the step that is worked on; whether there was one."""
    button = page.get_by_role("button", name=re.compile("^Livrer"))
    _fits(page)
    if not button.count():
        return False
    page.locator("[name=title]").fill("Livrable")
    page.locator("[name=link]").fill("https://livrable.example/")
    page.locator("[name=note]").fill("Voici le travail.")
    button.first.click()
    expect(page.get_by_role("button", name=re.compile("^Livrer"))).to_have_count(0)
    return True


def _approve(live: Live, page: Page, number: str) -> None:
    page.goto(live.origin(live.spaces["canari-a"]["host"]) + f"/commandes/{number}/")
    # A link to a page that says what follows, or a button.
    page.locator("main").get_by_text("Valider la livraison").first.click()
    _fits(page)
    if "/valider/" in page.url:
        page.locator("main form button[type=submit]").first.click()
    expect(page).to_have_url(re.compile(f"/commandes/{number}/$"))


def _see_invoices(live: Live, page: Page, number: str) -> None:
    """Two steps of one service and one of the other: three invoices, each a PDF."""
    origin = live.origin(live.spaces["canari-a"]["host"])
    known = f"main a[href^='/factures/{number[:2]}']"

    def issued() -> bool:
        page.goto(f"{origin}/commandes/{number}/")
        return page.locator(known).count() >= 3

    _until(issued, "three invoices on the page of the order", seconds=60)
    for link in page.locator(known).all():
        # Chromium knows names under .localhost, Python does not.
        answer = httpx.get(
            f"http://127.0.0.1:{live.stack.port}{link.get_attribute('href')}",
            headers={"Host": origin.partition("//")[2]},
            cookies={str(each["name"]): str(each["value"]) for each in page.context.cookies(origin)},
        )
        assert answer.status_code == 200
        assert answer.content.startswith(b"%PDF-")


def _fits(page: Page) -> None:
    """Nothing is wider than the telephone."""
    assert overflow(page, PHONE["width"]) == [], page.url


def _text(page: Page, address: str) -> str:
    page.goto(address)
    return page.locator("main").inner_text()


def _until(condition: Callable[[], bool], what: str, *, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.2)

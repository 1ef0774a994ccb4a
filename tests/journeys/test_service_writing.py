"""A provider writes a service and the operator reviews it, on a telephone: by hand, and by keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, ViewportSize, expect

from pepiniere.tour.visitor import Visitor
from tests.journeys.crawling import context_of, overflow
from tests.live.stack import Live

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

PHONE: ViewportSize = {"width": 390, "height": 844}
FARTHEST = 120


class Hand:
    """Somebody who points and types."""

    def press(self, target: Locator) -> None:
        target.click()

    def write(self, target: Locator, words: str) -> None:
        target.fill(words)

    def choose_second(self, target: Locator) -> None:
        target.select_option(index=2)


class Keyboard(Hand):
    """Somebody without a pointer: everything is reached by Tab and done by keys."""

    def press(self, target: Locator) -> None:
        self._reach(target)
        target.page.keyboard.press("Enter")

    def write(self, target: Locator, words: str) -> None:
        self._reach(target)
        target.page.keyboard.press("ControlOrMeta+a")
        target.page.keyboard.insert_text(words)

    def choose_second(self, target: Locator) -> None:
        self._reach(target)
        target.page.keyboard.press("ArrowDown")
        target.page.keyboard.press("ArrowDown")

    def _reach(self, target: Locator) -> None:
        for _stop in range(FARTHEST):
            if target.evaluate("field => field === document.activeElement"):
                return
            target.page.keyboard.press("Tab")
        raise AssertionError(f"no way by keyboard to {target}")


@pytest.mark.parametrize("way", [Hand(), Keyboard()], ids=["by hand", "by keyboard alone"])
def test_a_service_is_written_reviewed_and_published(
    live: Live, browser: Browser, enter: Callable[[str], Visitor], way: Hand
) -> None:
    """From nothing to the shop, through one correction; no page is wider than the telephone."""
    origin = live.origin(live.spaces["canari-a"]["host"])
    provider, operator = (
        context_of(browser, enter(role), origin, viewport=PHONE).new_page()
        for role in ("provider", "catalogue")
    )
    for page in (provider, operator):
        page.set_default_timeout(8_000)
    title = f"Relecture d’essai {type(way).__name__}"

    provider.goto(f"{origin}/prestataire/services/")
    _follow(way, provider, provider.get_by_role("link", name="Écrire un service"))
    way.write(provider.locator("[name=name]"), title)
    way.choose_second(provider.locator("[name=category]"))
    way.write(provider.locator("[name=summary]"), "Nous relisons.")
    way.write(provider.locator("[name=description]"), "Nous relisons vos textes, puis vous les rendons.")
    _go_on(way, provider)
    way.write(provider.locator("[name=unit_price]"), "90,50")
    _go_on(way, provider)
    _go_on(way, provider)
    way.write(provider.locator("[name=lead_time_days]"), "5")
    way.write(provider.locator("[name=deliverables]"), "Les textes relus")
    _go_on(way, provider)
    _go_on(way, provider)
    way.write(provider.locator("[name='0-label']"), "Quels textes ?")
    _go_on(way, provider)
    way.write(provider.locator("[name=cancellation_terms]"), "Remboursé jusqu’à la veille.")
    _go_on(way, provider)
    provider.locator("[name=new-file]").set_input_files(
        files={"name": "bureau.png", "mimeType": "image/png", "buffer": _picture()}
    )
    way.write(provider.locator("[name=new-alt]"), "Deux textes annotés")
    _follow(way, provider, provider.get_by_role("button", name="Ajouter cette image"))
    expect(provider.locator("fieldset img[alt='Deux textes annotés']")).to_be_visible(timeout=20_000)
    _follow(way, provider, provider.get_by_role("button", name="Enregistrer", exact=True))
    written = provider.url
    _follow(way, provider, provider.get_by_role("button", name="Envoyer pour vérification"))

    operator.goto(written.replace("/prestataire/", "/console/"))
    _follow(way, operator, operator.get_by_role("link", name="Demander des corrections"))
    way.write(operator.locator("#remark-summary"), "Dites en combien de temps.")
    _follow(way, operator, operator.get_by_role("button", name="Demander des corrections"))

    provider.goto(written)
    expect(provider.get_by_text("Dites en combien de temps.")).to_be_visible()
    _follow(way, provider, provider.get_by_role("link", name="Résumé"))
    way.write(provider.locator("[name=summary]"), "Nous relisons en cinq jours.")
    _follow(way, provider, provider.get_by_role("button", name="Enregistrer et quitter"))
    expect(provider.get_by_text("Dites en combien de temps.")).to_have_count(0)
    _follow(way, provider, provider.get_by_role("button", name="Envoyer pour vérification"))

    operator.goto(written.replace("/prestataire/", "/console/"))
    _follow(way, operator, operator.get_by_role("link", name="Publier", exact=True))
    _follow(way, operator, operator.get_by_role("button", name="Publier", exact=True))

    provider.goto(written)
    _follow(way, provider, provider.get_by_role("link", name="Voir dans la boutique"))
    expect(provider.get_by_role("heading", level=1)).to_have_text(title)
    expect(provider.locator("main")).to_contain_text("90,50")
    expect(provider.locator("main")).to_contain_text("Quels textes ?")
    expect(provider.locator(".gallery img")).to_have_attribute("alt", "Deux textes annotés")

    # The other journeys find the shop as it was.
    _follow(way, operator, operator.get_by_role("link", name="Archiver"))
    _follow(way, operator, operator.get_by_role("button", name="Archiver"))
    for page in (provider, operator):
        page.context.close()


def _picture() -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (800, 600), "#1d6b4f").save(drawn, "PNG")
    return drawn.getvalue()


def _go_on(way: Hand, page: Page) -> None:
    _follow(way, page, page.locator(".form-footer button[value=next]"))


def _follow(way: Hand, page: Page, target: Locator) -> None:
    """Do what leads to another page, which fits the telephone."""
    with page.expect_navigation():
        way.press(target)
    assert overflow(page, PHONE["width"]) == []
    assert page.locator(".error-summary").count() == 0

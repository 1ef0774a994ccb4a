"""A real browser looks at every component: narrow and wide, light and dark, refused or not."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, sync_playwright

from tests.kernel.web.kitchen import served

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """The address of the sample pages."""
    with served() as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's chromium, without its sandbox since tests may run as root."""
    with sync_playwright() as playwright:
        path = os.environ.get("PEPINIERE_CHROMIUM", "/usr/bin/chromium")
        found = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield found
        found.close()


@pytest.mark.parametrize(
    ("width", "scheme"), [(320, "light"), (390, "light"), (390, "dark"), (1280, "light"), (1280, "dark")]
)
@pytest.mark.parametrize("page", ["shop.page", "components.page?refused=1", "components.page?layout=console"])
def test_components_are_accessible(browser: Browser, base: str, page: str, width: int, scheme: str) -> None:
    """No violation, no refusal by the policy, nothing wider than the window."""
    context = browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)  # type: ignore[arg-type]
    shown = context.new_page()
    complaints: list[str] = []
    shown.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    shown.goto(f"{base}/{page}")
    found = Axe().run(shown).response["violations"]
    assert [(each["id"], [node["target"] for node in each["nodes"]]) for each in found] == []
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []
    context.close()


def test_a_refused_form_is_read_first(browser: Browser, base: str) -> None:
    """The summary takes the focus, its links lead to the fields."""
    shown = browser.new_page()
    shown.goto(f"{base}/components.page?refused=1")
    assert shown.evaluate("document.activeElement.id") == "error-summary"
    shown.click(".error-summary a[href='#id_email']")
    assert shown.evaluate("document.activeElement.id") == "id_email"
    shown.close()


def test_menus_open_without_a_script_and_close_with_escape(browser: Browser, base: str) -> None:
    """They are <details>; the script only adds comfort."""
    context = browser.new_context(java_script_enabled=False)
    shown = context.new_page()
    shown.goto(f"{base}/shop.page")
    shown.click("summary[title='Mon compte']")
    assert shown.is_visible("text=Se déconnecter")
    context.close()
    shown = browser.new_page()
    shown.goto(f"{base}/shop.page")
    shown.click("summary[title='Mon compte']")
    shown.keyboard.press("Escape")
    assert not shown.is_visible("text=Se déconnecter")
    assert shown.evaluate("document.activeElement.title") == "Mon compte"
    shown.close()

"""People who go on when a site breaks under their hands: they reload and press again what did not happen."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import httpx

from pepiniere.tour.people import answer_questions, log_in
from pepiniere.tour.visitor import PageError, Visitor
from tests.live.stack import Live

PATIENCE = 60.0
CARD = {"number": "4242424242424242", "expiry": "12 / 30", "cvc": "123", "name": "Camille Moreau"}


def until(condition: Callable[[], bool], what: str, *, seconds: float = PATIENCE) -> None:
    """Look again until it holds, whatever goes wrong meanwhile."""
    deadline = time.monotonic() + seconds
    trouble = ""
    while True:
        try:
            if condition():
                return
            trouble = ""
        except (httpx.HTTPError, PageError, OSError) as error:
            trouble = f"{type(error).__name__}: {error}"
        assert time.monotonic() < deadline, f"after {seconds:g} s still no {what}; {trouble}"
        time.sleep(0.3)


class Person:
    """Somebody logged in on the site of a space."""

    def __init__(self, live: Live, space: str, role: str, email: str = "") -> None:
        account = live.account(role, space, email)
        self.origin = live.origin(account.host)
        self.visitor = Visitor(role, self.origin)
        log_in(self.visitor, account.email, account.password)

    def sees(self, path: str, text: str, *, seconds: float = PATIENCE) -> None:
        """Reload a page until it says this."""
        until(lambda: self.shows(path, text), f"« {text} » at {path}", seconds=seconds)

    def does(self, path: str, button: str, done: Callable[[], bool], **data: str) -> None:
        """Press a button of a page until it is done; a button that is gone was pressed."""

        def pressed() -> bool:
            if done():
                return True
            self.visitor.open(self.origin + path).submit(data, button=button)
            return done()

        until(pressed, f"effect of « {button} » at {path}")

    def shows(self, path: str, text: str) -> bool:
        """Whether a page says this now."""
        return text in self.visitor.open(self.origin + path).text()

    def order(self, *slugs: str) -> str:
        """Order services and stop before the payment; the number."""
        for slug in slugs:
            self.visitor.open(f"{self.origin}/services/{slug}/").submit({}, button="Ajouter au panier")
        self.visitor.open(f"{self.origin}/commander/")
        answer_questions(self.visitor)
        self.visitor.submit({"accept": "on"}, button="Commander")
        found = re.search(r"/commandes/([^/]+)/payer/", self.visitor.url)
        assert found, self.visitor.where()
        return found[1]

    def pay(self, number: str) -> None:
        """Go to the bank's page, however often it takes, and pay there once."""

        def there() -> bool:
            self.visitor.open(f"{self.origin}/commandes/{number}/payer/").submit({}, button="Payer")
            return "paiement.localhost" in self.visitor.url

        until(there, "bank's page")
        try:
            self.visitor.submit(CARD, button="Payer")
        except (httpx.HTTPError, PageError):
            # The bank has taken the money; the way back broke.
            return

"""The hosted payment page over plain HTTP, as a browser without JavaScript uses it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import httpx
import pytest

from tests.sandbox import CHALLENGE, DECLINED, Api, SandboxProcess

CARD = {"number": "4242 4242 4242 4242", "expiry": "12 / 39", "cvc": "123", "name": "Camille Essai"}
Browse = Callable[..., httpx.Response]


@pytest.fixture
def browser(sandbox_process: SandboxProcess) -> Iterator[httpx.Client]:
    headers = {"Host": f"paiement.localhost:{sandbox_process.port}", "Accept-Language": "fr-FR"}
    with httpx.Client(base_url=sandbox_process.url, headers=headers) as client:
        yield client


def send(browser: httpx.Client, path: str, **fields: str) -> httpx.Response:
    """Fill the form of a page and send it, with its token."""
    page = browser.get(path)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token, page.text
    return browser.post(path, data={**fields, "csrfmiddlewaretoken": token[1]})


def test_paying_leads_back_to_the_shop(browser: httpx.Client, marketplace: Api) -> None:
    session = marketplace.open_session(123_456)
    path = f"/pay/{session['id']}"
    page = browser.get(path)
    assert "Bac à sable\u00a0: aucun argent réel" in page.text
    assert "1\u202f234,56\u00a0€" in page.text
    assert "form-action 'self' http://boutique.localhost" in page.headers["Content-Security-Policy"]
    assert "<script" not in page.text
    assert "style=" not in page.text
    answer = send(browser, path, **CARD)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"http://boutique.localhost/merci?session={session['id']}"
    again = browser.get(path)
    assert "Ce paiement est déjà fait" in again.text
    assert len(marketplace.get("charges")["data"]) == 1


def test_errors_stand_at_their_fields(browser: httpx.Client, marketplace: Api) -> None:
    path = f"/pay/{marketplace.open_session()['id']}"
    answer = send(browser, path, number="1234", expiry="13 / 40", cvc="12", name="")
    assert answer.status_code == 422
    assert answer.text.count('aria-invalid="true"') == 4
    assert "<title>Erreur" in answer.text
    past = send(browser, path, **{**CARD, "expiry": "01 / 20"})
    assert "Cette carte a expiré" in past.text
    real = send(browser, path, **{**CARD, "number": "4111 1111 1111 1111"})
    assert "Seules les cartes d’essai" in real.text
    assert marketplace.get("charges")["data"] == []


def test_a_refusal_leaves_the_page_open(browser: httpx.Client, marketplace: Api) -> None:
    path = f"/pay/{marketplace.open_session()['id']}"
    refused = send(browser, path, **{**CARD, "number": DECLINED})
    assert refused.status_code == 402
    assert "Rien n’a été débité" in refused.text
    assert send(browser, path, **CARD).status_code == 302


def test_the_bank_may_ask_first(browser: httpx.Client, marketplace: Api) -> None:
    session = marketplace.open_session()
    path = f"/pay/{session['id']}"
    challenge = send(browser, path, **{**CARD, "number": CHALLENGE})
    assert challenge.headers["Location"].startswith(f"{path}/authentication")
    assert marketplace.get("charges")["data"] == []
    refused = send(browser, f"{path}/authentication", answer="refused")
    assert "Vous n’avez pas confirmé" in browser.get(refused.headers["Location"]).text
    send(browser, path, **{**CARD, "number": CHALLENGE})
    accepted = send(browser, f"{path}/authentication", answer="accepted")
    assert accepted.headers["Location"].startswith("http://boutique.localhost/merci")


def test_an_expired_page_says_so(browser: httpx.Client, marketplace: Api) -> None:
    session = marketplace.open_session(locale="en")
    marketplace.post(f"checkout/sessions/{session['id']}/expire")
    page = browser.get(f"/pay/{session['id']}")
    assert "This payment page has expired" in page.text
    assert "http://boutique.localhost/panier" in page.text
    assert browser.get("/pay/cs_sandbox_unknown").status_code == 404


def test_a_form_without_its_token_debits_nothing(browser: httpx.Client, marketplace: Api) -> None:
    session = marketplace.open_session()
    assert browser.post(f"/pay/{session['id']}", data=CARD).status_code == 403
    assert marketplace.get("charges")["data"] == []


def test_every_test_card_is_offered_in_both_languages(browser: httpx.Client, marketplace: Api) -> None:
    path = f"/pay/{marketplace.open_session()['id']}"
    for language, heading in (("fr", "Cartes d’essai"), ("en", "Test cards")):
        page = browser.get(path, params={"lang": language})
        assert heading in page.text
        assert f'<html lang="{language}">' in page.text
        for name in re.findall(r"\?card=(\w+)&", page.text):
            filled = browser.get(path, params={"card": name, "lang": language})
            assert filled.text.count('aria-current="true"') == 1

"""Pages speak the person's language, else the browser's, else the tenant's; letters speak their reader's."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import translation

from tenants.accounts.language import choose_language
from tenants.accounts.models import User
from tenants.directory.hosts import forget_hosts
from tests.tenants.database.wire import statements_sent

BACKEND = "tenants.accounts.backends.AccountBackend"
PASSWORD = "un mot de passe long"
# A page for everybody and one of a person's own.
OPEN, OWN = "/compte/password/reset/", "/compte/jetons/"
SWITCH = "/langue/"


def spoken(client: Client, path: str = OPEN, browser: str = "") -> str:
    """The language in which a page answers."""
    response = client.get(path, headers={"Accept-Language": browser} if browser else {})
    assert response.status_code == 200
    language = response.headers["Content-Language"]
    assert f'<html lang="{language}"' in response.content.decode()
    assert "Accept-Language" in response.headers["Vary"]
    return language


def person(language: str) -> User:
    """Somebody with a confirmed address."""
    user = User.objects.create_user("ana@exemple.example", PASSWORD, language=language)
    user.emailaddress_set.create(email=user.email, verified=True, primary=True)
    return user


@pytest.fixture(params=["fr", "en"])
def own_tenant_language(request: pytest.FixtureRequest, tenant: Any) -> str:
    """The tenant's own language."""
    tenant.language = request.param
    tenant.save()
    forget_hosts()
    return request.param


@pytest.mark.parametrize(
    ("browser", "answer"),
    [
        ("en", "en"),
        ("en-GB,fr;q=0.5", "en"),
        ("de,fr;q=0.8,en;q=0.6", "fr"),
        ("fr-CA", "fr"),
        ("de", None),
        ("*", None),
        ("", None),
        ("nonsense;;q=x", None),
    ],
)
def test_a_visitor_reads_the_browsers_language_else_the_tenants(
    own_tenant_language: str, tenant_client: Client, browser: str, answer: str | None
) -> None:
    assert spoken(tenant_client, browser=browser) == (answer or own_tenant_language)


def test_the_platforms_own_site_falls_back_to_french(db: None, platform_client: Client) -> None:
    assert spoken(platform_client, browser="de") == "fr"
    assert spoken(platform_client, browser="en") == "en"


def test_a_visitor_switches_and_the_browser_keeps_it(tenant_client: Client) -> None:
    page = tenant_client.get(OPEN).content.decode()
    assert f'action="{SWITCH}"' in page
    assert 'name="language" value="en"' in page
    response = tenant_client.post(SWITCH, {"language": "en", "next": OPEN})
    assert (response.status_code, response["Location"]) == (302, OPEN)
    assert response.cookies["language"]["max-age"] > 300 * 24 * 3600
    assert spoken(tenant_client, browser="fr") == "en"
    assert 'name="language" value="fr"' in tenant_client.get(OPEN).content.decode()


@pytest.mark.parametrize("sent", ["", "de", "en-GB", "../en", "<b>"])
def test_a_language_that_is_not_spoken_is_not_kept(tenant_client: Client, tenant: Any, sent: str) -> None:
    user = person("fr")
    tenant_client.force_login(user, backend=BACKEND)
    tenant_client.post(SWITCH, {"language": sent, "next": OWN})
    assert spoken(tenant_client, OWN) == "fr"
    assert User.objects.get(pk=user.pk).language == "fr"
    with pytest.raises(ValueError, match=f"^{re.escape(sent)}$"):
        choose_language(user=user, language=sent)


def test_a_forged_cookie_is_passed_over(tenant_client: Client) -> None:
    tenant_client.cookies["language"] = "../../etc"
    assert spoken(tenant_client, browser="en") == "en"


def test_the_switch_leads_nowhere_else_and_asks_for_a_form(tenant_client: Client) -> None:
    assert tenant_client.post(SWITCH, {"language": "en", "next": "https://example.org/"})["Location"] == "/"
    assert tenant_client.get(SWITCH).status_code == 405
    strict = Client(SERVER_NAME="alpha.localhost", enforce_csrf_checks=True)
    assert strict.post(SWITCH, {"language": "en"}).status_code == 403


def test_a_persons_own_language_wins(tenant: Any, tenant_client: Client, client_for: Any) -> None:
    tenant_client.cookies["language"] = "fr"
    tenant_client.force_login(person("en"), backend=BACKEND)
    assert spoken(tenant_client, OWN, browser="fr") == "en"
    # What exists nowhere is told in it, too.
    assert "Page not found" in tenant_client.get("/nulle-part/").content.decode()
    # The choice goes with the account, to any browser.
    tenant_client.post(SWITCH, {"language": "fr", "next": OWN})
    assert User.objects.get(email="ana@exemple.example").language == "fr"
    elsewhere = client_for(tenant)
    elsewhere.force_login(User.objects.get(email="ana@exemple.example"), backend=BACKEND)
    assert spoken(elsewhere, OWN, browser="en") == "fr"


def test_a_stylesheet_asks_for_nobody(tenant: Any, tenant_client: Client) -> None:
    tenant_client.force_login(person("en"), backend=BACKEND)
    with statements_sent() as sent:
        response = tenant_client.get(reverse("web:theme", args=["abc"]))
    assert response.status_code == 200
    assert not [statement for statement in sent if "session" in statement or "user" in statement], sent
    assert "Cookie" not in response.headers.get("Vary", "")


@pytest.mark.parametrize(("language", "subject"), [("fr", "Confirmez votre adresse"), ("en", "Confirm your")])
def test_who_signs_up_keeps_the_language_of_the_page(
    tenant_client: Client, language: str, subject: str
) -> None:
    tenant_client.post(
        "/compte/signup/",
        {"full_name": "Ana", "email": "ana@exemple.example", "password1": PASSWORD},
        headers={"Accept-Language": language},
    )
    assert User.objects.get(email="ana@exemple.example").language == language
    assert subject in mail.outbox[0].subject


@pytest.mark.parametrize("page", ["fr", "en"])
@pytest.mark.parametrize(
    ("path", "field", "language", "words"),
    [
        ("/compte/password/reset/", "email", "fr", "Voici le code"),
        ("/compte/password/reset/", "email", "en", "Here is the code"),
        ("/compte/signup/", "email", "fr", "Vous avez déjà un compte"),
        ("/compte/signup/", "email", "en", "You already have an account"),
    ],
)
def test_letters_of_an_account_speak_their_readers_language(
    tenant: Any, tenant_client: Client, page: str, path: str, field: str, language: str, words: str
) -> None:
    user = person(language)
    tenant_client.post(
        path,
        {field: user.email.upper(), "full_name": "Ana", "password1": PASSWORD},
        headers={"Accept-Language": page},
    )
    (letter,) = mail.outbox
    assert words in f"{letter.subject}\n{letter.body}"
    assert translation.get_language() == page


def test_who_has_no_account_is_written_to_in_the_pages_language(tenant_client: Client) -> None:
    tenant_client.post(
        "/compte/password/reset/", {"email": "who@exemple.example"}, headers={"Accept-Language": "en"}
    )
    assert mail.outbox[0].subject == "No account at this address"

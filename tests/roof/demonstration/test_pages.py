"""Entering as anybody, reading the mail; and nothing of it in production."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.mail import EmailMultiAlternatives

from pepiniere.demonstration.roles import FIRST_PAGES, ROLES
from tests.roof.demonstration.conftest import Space

OWNER = "elise.guerin@atelier-ficelle-demo.example"


@pytest.fixture
def mailbox(settings: Any, tmp_path: Path) -> None:
    settings.MAILBOX_DIR = tmp_path / "mail"
    settings.EMAIL_BACKEND = "tenants.directory.mail.MailboxBackend"


def test_the_landing_page_offers_every_role(space: Space, platform_client: Any) -> None:
    from django.db import connection

    connection.set_schema_to_public()
    page = platform_client.get("/").content.decode()
    assert "Qui voulez-vous être" in page
    for role in set(ROLES) - {"platform_owner"}:
        assert str(ROLES[role]) in page
    assert OWNER in page
    assert "4242 4242 4242 4242" in page


def test_one_click_and_one_is_somebody(space: Space, platform_client: Any, tenant_client: Any) -> None:
    sent = platform_client.post("/demonstration/entrer/", {"space": "alpha", "email": OWNER})
    address = urlsplit(sent.headers["Location"])
    assert address.hostname == "alpha.localhost"
    arrived = tenant_client.get(f"{address.path}?{address.query}")
    assert arrived.status_code == 302
    assert arrived.headers["Location"] == FIRST_PAGES["entrepreneur"]
    home = tenant_client.get("/").content.decode()
    assert "Démonstration" in home
    assert str(ROLES["entrepreneur"]) in home
    assert tenant_client.get(f"{address.path}?{address.query}").status_code == 410


def test_an_entry_opens_no_other_space(
    space: Space, platform_client: Any, client_for: Any, other_tenant: Any
) -> None:
    sent = platform_client.post("/demonstration/entrer/", {"space": "alpha", "email": OWNER})
    address = urlsplit(sent.headers["Location"])
    assert client_for(other_tenant).get(f"{address.path}?{address.query}").status_code == 410


def test_nobody_else_enters(space: Space, platform_client: Any) -> None:
    sent = platform_client.post("/demonstration/entrer/", {"space": "alpha", "email": "autre@example.org"})
    assert sent.status_code == 404


def test_the_mailbox_shows_text_and_layout(tenant: Any, tenant_client: Any, mailbox: None) -> None:
    assert "Aucun e-mail." in tenant_client.get("/boite-aux-lettres/").content.decode()
    message = EmailMultiAlternatives(
        "Bonjour", "Lien : http://alpha.localhost/x", "a@b.example", ["i@c.example"]
    )
    message.attach_alternative("<p>Bonjour</p><script>alert(1)</script>", "text/html")
    message.send()
    listed = tenant_client.get("/boite-aux-lettres/").content.decode()
    assert "i@c.example" in listed
    address = listed.split('href="/boite-aux-lettres/')[1].split('"')[0]
    letter = tenant_client.get(f"/boite-aux-lettres/{address}")
    assert 'href="http://alpha.localhost/x"' in letter.content.decode()
    assert "frame-src 'self'" in letter.headers["Content-Security-Policy"]
    layout = tenant_client.get(f"/boite-aux-lettres/{address}mise-en-forme/")
    assert "<p>Bonjour</p>" in layout.content.decode()
    assert "default-src 'none'" in layout.headers["Content-Security-Policy"]
    assert "script-src" not in layout.headers["Content-Security-Policy"]
    assert tenant_client.get("/boite-aux-lettres/autre/").status_code == 404


def test_a_letter_belongs_to_its_space(
    tenant: Any, tenant_client: Any, client_for: Any, other_tenant: Any, mailbox: None
) -> None:
    EmailMultiAlternatives("Bonjour", "Texte", "a@b.example", ["i@c.example"]).send()
    listed = tenant_client.get("/boite-aux-lettres/").content.decode()
    address = listed.split('href="/boite-aux-lettres/')[1].split('"')[0]
    assert client_for(other_tenant).get(f"/boite-aux-lettres/{address}").status_code == 404


def test_production_has_none_of_it(settings: Any) -> None:
    from pepiniere.demonstration import platform_urls, urls

    settings.DEMONSTRATION = False
    try:
        assert importlib.reload(urls).urlpatterns == []
        assert [str(pattern.pattern) for pattern in importlib.reload(platform_urls).urlpatterns] == [""]
    finally:
        settings.DEMONSTRATION = True
        importlib.reload(urls)
        importlib.reload(platform_urls)

"""The mailbox reads what the embedded mode kept, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection

from pepiniere.demonstration.mailbox import letter, letters

BACKEND = "tenants.directory.mail.MailboxBackend"


@pytest.fixture(autouse=True)
def own_mailbox(settings: Any, tmp_path: Path) -> None:
    settings.MAILBOX_DIR = tmp_path


def send(subject: str, to: str = "ines@cafe.example", html: str = "") -> None:
    message = EmailMultiAlternatives(
        subject, "Suivez http://alpha.localhost/x", "a@b.example", [to], connection=get_connection(BACKEND)
    )
    if html:
        message.attach_alternative(html, "text/html")
    message.send()


def test_latest_first(tenant: Any) -> None:
    send("Première")
    send("Deuxième", html="<p>Bonjour</p>")
    found = letters(tenant.schema_name)
    assert [one.subject for one in found] == ["Deuxième", "Première"]
    assert found[0].html.strip() == "<p>Bonjour</p>"
    assert found[0].recipients == ("ines@cafe.example",)
    assert "http://alpha.localhost/x" in found[1].text


@pytest.mark.parametrize("name", ["../secret", "x", "20261123T101010000000-zzzzzzzz", ""])
def test_other_names_are_no_letters(tenant: Any, name: str) -> None:
    assert letter(tenant.schema_name, name) is None


def test_another_space_has_another_mailbox(tenant: Any, other_tenant: Any) -> None:
    send("Pour alpha")
    assert letters(other_tenant.schema_name) == []

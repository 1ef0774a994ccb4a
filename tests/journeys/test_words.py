"""Every word that people see is marked for translation: in a made-up language all stand between brackets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from tests.isolation.addresses import all_addresses, examples, paths
from tests.isolation.filling import BRACKETS
from tests.isolation.twins import BACKEND, CAST, Twin, fill, give_logo, give_picture, give_token
from tests.journeys.pseudo import unmarked, write_catalogue

# What is the same in every language: names that are not words, codes, addresses; and what the market's
# people wrote without brackets: units, an answer.
KNOWN = re.compile(
    r"""[\w.+-]+@[\w.-]+ | https?://\S+ | [\w-]+\.localhost | \b[A-Z]{2,4}(-[A-Z]\d*)?-\d{4}-\d+(-\d+)?\b
    | rue\ de\ l.Exemple | Niort | maquette\.pdf | service-\d+ | Europe/Paris
    | Pépinière | ([A-Z]{1,2}\ )?Own-\w+ | \b(Alpha | Beta | English | Français | t_own_\w+)\b
    | ^\s*[A-Z]{2,4}\s*$ | \b1er\b
    | \b(PDF|EUR|SIREN|SIRET|TVA|IBAN|URL|API|JSON|CSV|QR|TOTP|RGPD|WCAG|RGAA)\b
    | \b(pep|evt|cs|pi|ch|re|tr|acct|dp)_\w+\b | \b(payment|gateway-fee|release|refund|claim-payment):\d+
    | charge\.mystery(evt_1)? | orders\.notify
    | \b[2-9A-HJ-NP-Z]{4}(-[2-9A-HJ-NP-Z]{4}){2}\b
    | forfait | Conserves\ de\ légumes,\ vendues\ au\ marché\.""",
    re.VERBOSE,
)


@pytest.fixture
def bracketed(committing_tenant: Any, settings: Any, tmp_path: Path) -> Iterator[Twin]:
    """A market whose texts stand in brackets, on a site whose translations do too."""
    from services.catalogue.web import cards

    write_catalogue(tmp_path)
    settings.LOCALE_PATHS = [str(tmp_path)]
    # A process keeps the words of cards by language; this language changes under its name.
    cards._lead_time.cache_clear()
    cards._rating_words.cache_clear()
    twin = Twin(committing_tenant, BRACKETS)
    fill(twin)
    give_token(twin)
    give_logo(twin)
    give_picture(twin)
    from django.db import connection

    connection.set_schema_to_public()
    yield twin
    cards._lead_time.cache_clear()
    cards._rating_words.cache_clear()
    connection.set_tenant(committing_tenant)


def test_no_word_is_left_unmarked(bracketed: Twin) -> None:
    """All pages of a site as anybody and as each of its people, forms refused for being empty too."""
    from django_tenants.utils import tenant_context

    with tenant_context(bracketed.tenant):
        known = examples()
    visited = [(address, path) for address in all_addresses() for path in paths(address, known)[:3]]
    findings = Findings()
    for member in ("", *CAST):
        client = bracketed.client(member)
        for address, path in visited:
            if address.name in ("account_logout", "api:documentation", "api:schema"):
                continue
            findings.read(client.get(path), f"{path} as {member or 'anybody'}")
            if address.name.startswith(("account_", "parties:", "orders:", "fulfilment:")):
                findings.read(_empty(client, path), f"{path} sent empty as {member or 'anybody'}")
    findings.conclude(least=150)


def test_no_word_of_the_platforms_own_site_is_left_unmarked(bracketed: Twin) -> None:
    """The owner's pages, with a form refused."""
    from django.conf import settings

    from tenants.accounts.models import User

    owner = User.objects.create_superuser("words@pepiniere.example", "a-long-password", full_name="⟦Ada⟧")
    try:
        client = Client(SERVER_NAME=settings.PLATFORM_HOST, enforce_csrf_checks=True)
        findings = Findings()
        tenant = f"/espaces/{bracketed.tenant.slug}/"
        for path in ("/", "/compte/login/", "/aide/", "/mentions-legales/"):
            findings.read(client.get(path), path)
        client.force_login(owner, backend=BACKEND)
        for path in ("/espaces/", "/espaces/nouveau/", tenant, f"{tenant}suspendre/", "/nulle-part/"):
            findings.read(client.get(path), path)
        findings.read(_empty(client, "/espaces/nouveau/"), "/espaces/nouveau/ sent empty")
        findings.conclude(least=9)
    finally:
        # What belongs to users elsewhere has no table on this side.
        User.objects.filter(pk=owner.pk)._raw_delete("default")


@dataclass
class Findings:
    """What was read on how many pages, and where it stood without brackets."""

    pages: int = 0
    texts: dict[str, str] = field(default_factory=dict)

    def read(self, answer: Any, where: str) -> None:
        """Take in the words of a page; other answers are none."""
        if answer.get("Content-Type", "").startswith("text/html") and answer.content:
            self.pages += 1
            for text in unmarked(answer.content.decode(), KNOWN):
                self.texts.setdefault(text, where)

    def conclude(self, *, least: int) -> None:
        """Fail with every text, or for having read too little."""
        if self.texts:
            pytest.fail("\n".join(f"{text} ({where})" for text, where in self.texts.items()))
        assert self.pages > least


def _empty(client: Client, path: str) -> Any:
    token = client.cookies.get("csrf")
    return client.post(path, {}, headers={"X-CSRFToken": token.value} if token else {})

"""Every address of one tenant's site, asked with what another tenant gave: log-in, CSRF token, API token."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django_tenants.utils import tenant_context
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from tests.isolation.addresses import OPEN, SITE, all_addresses, examples, paths
from tests.isolation.twins import CAST, Twin, Twins

pytestmark = pytest.mark.committing

# An unknown visitor may leave these behind on the site visited; they are the visitor's own.
# And who posts to a webhook without its secret is counted.
LEFT_BEHIND = {"django_session", "orders_cart", "orders_cartline", "payments_gatewayaccount"}
CANARY = "canary"


def test_every_address_has_a_rule(twins: Twins) -> None:
    """A new address must say here with which parameters it is tried."""
    addresses = all_addresses()
    with tenant_context(twins.b.tenant):
        known = examples()
    names = {address.name for address in addresses}
    without = [a.name for a in addresses if a.parameters and not known.get(a.name)]
    assert without == []
    assert sorted(OPEN - names) == []
    assert sorted(known.keys() - names) == []


@pytest.mark.parametrize("member", CAST)
def test_another_tenants_login_opens_nothing(twins: Twins, member: str) -> None:
    """The cookies of one, on the other's host, at every address with the other's objects."""
    a, b = twins.a, twins.b
    before = _contents(b)
    brought = _cookies_of(a, member)
    wrong = []
    for address, path in _addresses_of(b):
        # Whatever the last address did, the next one sees the same cookies.
        stranger = _bringing(brought, b)
        for answer in _ask(stranger, path):
            wrong += _judge(answer, path, foreign=a, own=None if address.is_open else b)
    assert wrong == []
    assert _contents(b) == before


@pytest.mark.parametrize("member", CAST)
def test_ones_own_login_shows_ones_own_texts(twins: Twins, member: str) -> None:
    """The ids of the other on the own host: they are one's own objects or none."""
    a, b = twins.a, twins.b
    client = a.client(member)
    wrong = []
    for _address, path in _addresses_of(b):
        if path != reverse("account_logout", urlconf=SITE):
            wrong += _judge(client.get(path), path, foreign=b)
    assert wrong == []


@dataclass(frozen=True)
class Seen:
    """What a member of the cast got at an address of the own site."""

    name: str
    path: str
    status: int
    printed: bool
    said: frozenset[str]
    """Which of the texts that were looked for it holds, by their names."""

    @property
    def secrets(self) -> list[str]:
        return sorted(self.said - {CANARY})


@pytest.fixture(scope="module")
def walk(twins: Twins, django_db_blocker: Any) -> list[Seen]:
    """Every address asked by each of the rightful people, pages and exports, PDFs by their words."""
    with django_db_blocker.unblock():
        with tenant_context(twins.b.tenant):
            looked_for = {CANARY: twins.b.word, **secrets_of_the_tenant()}
        clients = [twins.b.client(member) for member in CAST]
        leaving = reverse("account_logout", urlconf=SITE)
        return [
            _seen(client.get(path), address.name, path, looked_for)
            for address, path in _addresses_of(twins.b)
            if path != leaving
            for client in clients
        ]


def _seen(answer: Any, name: str, path: str, looked_for: dict[str, str]) -> Seen:
    content = _content(answer)
    printed = _words_of_pdf(content)
    told = content.decode("utf-8", "replace") + printed
    said = frozenset(kind for kind, text in looked_for.items() if text in told)
    return Seen(name, path, answer.status_code, bool(printed), said)


def _words_of_pdf(content: bytes) -> str:
    """The words of a PDF; none of another file, nor of what somebody only calls a PDF."""
    if not content.startswith(b"%PDF"):
        return ""
    try:
        return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    except PyPdfError:
        return ""


def test_the_walk_finds_what_is_there(twins: Twins, walk: list[Seen]) -> None:
    """The rightful people do see their texts at these addresses: the refusals above mean something."""
    found = {seen.name for seen in walk if seen.status != 404}
    speaking = {seen.name for seen in walk if CANARY in seen.said}
    assert {address.name for address, _ in _addresses_of(twins.b) if address.parameters} - found == set()
    assert len(speaking) > 45, sorted(speaking)


def test_no_page_or_export_tells_a_secret(walk: list[Seen]) -> None:
    """No key of a gateway, hash of a password or token, session or address of a server, for anybody."""
    assert len({seen.name for seen in walk if seen.status == 200}) > 100
    assert {CANARY} in [seen.said for seen in walk if seen.printed]
    assert [(seen.path, seen.secrets) for seen in walk if seen.secrets] == []


def secrets_of_the_tenant() -> dict[str, str]:
    """What no page may tell, by what it is."""
    from django.contrib.sessions.models import Session

    from billing.payments.models import GatewayAccount, GatewayEndpoint
    from billing.payments.secrets import unseal
    from tenants.accounts.models import ApiToken, User

    account = GatewayAccount.objects.get(active=True)
    secrets = {
        "gateway key": unseal(account.secret_key_sealed),
        "sealed gateway key": account.secret_key_sealed,
        "webhook secret": unseal(account.webhook_secret_sealed),
        "secret key": settings.SECRET_KEY,
        "sandbox's key": settings.SANDBOX_ADMIN_KEY,
        "database": str(settings.DATABASES["default"]["PASSWORD"]),
        "redis": str(urlsplit(settings.REDIS_URL).password or ""),
    }
    for number, endpoint in enumerate(GatewayEndpoint.objects.all()):
        secrets[f"webhook secret {number}"] = unseal(endpoint.webhook_secret_sealed)
    for kind, values in (
        ("password", User.objects.values_list("password", flat=True)),
        ("token", ApiToken.objects.values_list("digest", flat=True)),
        ("session", Session.objects.values_list("session_key", flat=True)),
    ):
        secrets |= {f"{kind} {number}": value for number, value in enumerate(values)}
    return {kind: secret for kind, secret in secrets.items() if secret}


def test_another_tenants_token_opens_nothing(twins: Twins) -> None:
    """An API token is unknown outside its tenant and answers 401; on its own site it works."""
    for own, other in ((twins.a, twins.b), (twins.b, twins.a)):
        bearer = {"Authorization": f"Bearer {own.token}"}
        for address, path in _addresses_of(other):
            if not path.startswith("/api/v1/"):
                continue
            answer = Client(SERVER_NAME=other.host).get(path, headers=bearer)
            assert _judge(answer, path, foreign=own, own=None if address.is_open else other) == []
            if not address.is_open:
                assert answer.status_code == 401, path
                assert Client(SERVER_NAME=other.host).post(path, headers=bearer).status_code == 401, path
        mine = Client(SERVER_NAME=own.host).get("/api/v1/invoices/", headers=bearer)
        assert mine.status_code == 200
        assert own.word in mine.content.decode()


def test_a_token_beside_a_login_changes_nothing(twins: Twins) -> None:
    """Cookies and token of one together, at pages of the other."""
    a, b = twins.a, twins.b
    client = _bringing(_cookies_of(a, "buyer_user"), b)
    wrong = []
    for address, path in _addresses_of(b):
        answer = client.get(path, headers={"Authorization": f"Bearer {a.token}"})
        wrong += _judge(answer, path, foreign=a, own=None if address.is_open else b)
    assert wrong == []


def _addresses_of(twin: Twin) -> list[tuple[Any, str]]:
    with tenant_context(twin.tenant):
        known = examples()
    return [(address, path) for address in all_addresses() for path in paths(address, known)]


def _cookies_of(owner: Twin, member: str) -> dict[str, str]:
    """The session and CSRF cookies of somebody logged in there."""
    at_home = owner.client(member)
    at_home.get("/panier/")
    brought = {name: cookie.value for name, cookie in at_home.cookies.items()}
    assert {"session", "csrf"} <= brought.keys()
    return brought


def _bringing(cookies: dict[str, str], visited: Twin) -> Client:
    """A browser on ``visited`` with cookies from elsewhere."""
    abroad = visited.client()
    abroad.cookies.load(cookies)
    return abroad


def _ask(client: Client, path: str) -> list[HttpResponse]:
    """GET, then POST with the CSRF token of the cookie."""
    answers: list[Any] = [client.get(path)]
    token = client.cookies.get("csrf")
    headers = {"X-CSRFToken": token.value} if token else {}
    answers.append(client.post(path, {"body": "Un mot", "reason": "Non", "accept": "on"}, headers=headers))
    return answers


def _judge(answer: Any, path: str, *, foreign: Twin, own: Twin | None = None) -> list[str]:
    """What is wrong with an answer: a word that must not be there, or a door that opened.

    ``own`` is given where a visitor whom this tenant does not know must be kept out.
    """
    said = _body(answer)
    here = f"{answer.request['REQUEST_METHOD']} {path} {answer.status_code}"
    wrong = [f"{here}: says {foreign.word}"] if foreign.word.encode() in said else []
    if own is None:
        return wrong
    refused = answer.status_code in (401, 403, 404, 405) or (
        answer.status_code in (302, 303) and answer["Location"].startswith(("/compte/login/", "/panier/"))
    )
    if not refused:
        wrong.append(f"{here}: not refused {answer.get('Location', '')}")
    if own.word.encode() in said:
        wrong.append(f"{here}: says {own.word}")
    return wrong


def _body(answer: Any) -> bytes:
    """All bytes of an answer, headers too."""
    return _content(answer) + repr(dict(answer.headers)).encode()


def _content(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)


def _contents(twin: Twin) -> dict[str, str]:
    """A digest of each table, to see that nothing was written."""
    connection.set_schema_to_public()
    digests = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [twin.tenant.schema_name])
        for (table,) in cursor.fetchall():
            if table in LEFT_BEHIND:
                continue
            rows = f'"{twin.tenant.schema_name}"."{table}"'
            cursor.execute(f"SELECT string_agg(t::text, '|' ORDER BY t::text) FROM {rows} t")
            digests[table] = hashlib.sha256(str(cursor.fetchone()).encode()).hexdigest()
    return digests

"""The workshop's first page and list: order of urgency, filters, who gets in, how many statements."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from services.fulfilment.deadlines import next_monday
from services.fulfilment.lists import provider_inbox
from tests.services.ordering import Market, person, service_of

BACKEND = "tenants.accounts.backends.AccountBackend"
INBOX, LINES = "/prestataire/", "/prestataire/prestations/"


@pytest.fixture
def seller(market: Market, tenant_client: Client) -> Client:
    tenant_client.force_login(market.provider_user, backend=BACKEND)
    return tenant_client


def due(line: Any, at: datetime) -> str:
    """Move a deadline; the line's key."""
    type(line).objects.filter(pk=line.pk).update(due_at=at)
    return str(line.key)


def test_answers_come_first_then_what_is_late_then_the_week_then_the_client(
    market: Market, seller: Client
) -> None:
    """A Wednesday at noon in Paris."""
    now = datetime(2026, 11, 25, 11, tzinfo=UTC)
    later = due(market.started(), now + timedelta(days=12))
    this_week = due(market.started(), now + timedelta(days=2))
    late = due(market.started(), now - timedelta(days=1))
    waiting = due(market.delivered(), now - timedelta(days=3))
    answer = due(market.paid_order(market.service).lines.get(), now + timedelta(days=1))
    inbox = provider_inbox(market.provider, now=now)
    assert [(group.title, [row.line.key for row in group.rows]) for group in inbox.groups] == [
        ("À accepter ou à décliner", [answer]),
        ("En retard", [late]),
        ("Cette semaine", [this_week]),
        ("Ensuite", [later]),
        ("Chez le client", [waiting]),
    ]
    assert not inbox.idle
    text = seller.get(INBOX).content.decode()
    assert "Accepter ou décliner" in text
    assert "Livrer « Étape 1 »" in text
    # Whose turn it is not has no time left to be told.
    assert [row.days_left for row in inbox.rows] == [1, -1, 2, 8, None]


def test_a_week_ends_on_sunday_night_where_the_tenant_is() -> None:
    from zoneinfo import ZoneInfo

    from tenants.calendar.working_days import WorkingDays

    calendar = WorkingDays(ZoneInfo("Indian/Reunion"), frozenset({1, 2, 3, 4, 5}), time(8), time(17))
    sunday_evening = datetime(2026, 11, 29, 19, 59, tzinfo=UTC)
    assert next_monday(sunday_evening, calendar) == datetime(2026, 11, 29, 20, tzinfo=UTC)
    assert next_monday(sunday_evening + timedelta(minutes=1), calendar) == datetime(
        2026, 12, 6, 20, tzinfo=UTC
    )


def test_an_idle_provider_reads_when_the_client_answers(market: Market, seller: Client) -> None:
    assert "Une commande payée arrive ici aussitôt" in seller.get(INBOX).content.decode()
    market.delivered()
    text = seller.get(INBOX).content.decode()
    assert "Rien à faire." in text
    assert "Prochaine échéance" in text
    assert "Chez le client" in text


def test_filters_follow_the_search_and_count_what_they_show(market: Market, seller: Client) -> None:
    asked = market.paid_order(market.service).lines.get()
    started = market.started()
    declined = market.paid_order(market.service).lines.get()
    seller.post(reverse("fulfilment:decline", args=[declined.key]), {"reason": "Complet"})

    def keys(**query: str) -> list[str]:
        return [row.line.key for row in seller.get(LINES, query).context["rows"]]

    assert keys(filtre="a-accepter") == [asked.key]
    assert keys(filtre="a-livrer") == [started.key]
    assert keys(filtre="annulees") == [declined.key]
    assert keys(filtre="inconnu") == [declined.key, started.key, asked.key]
    assert keys(q=market.buyer.legal_name, filtre="a-faire") == [started.key, asked.key]
    assert keys(q=started.key.split("-")[2]) == [started.key]
    page = seller.get(LINES, {"q": started.key})
    assert [(tab["label"], tab["count"]) for tab in page.context["tabs"]] == [
        ("Toutes", 1),
        ("À faire", 1),
        ("À livrer", 1),
    ]
    assert page.context["tabs"][2]["url"] == f"?filtre=a-livrer&q={started.key}"


def test_what_was_declined_or_never_paid_brings_nothing(market: Market, seller: Client) -> None:
    market.order(market.service)
    line = market.paid_order(market.service).lines.get()
    assert [row.net_cents for row in seller.get(LINES).context["rows"]] == [44460]
    seller.post(reverse("fulfilment:decline", args=[line.key]), {"reason": "Complet"})
    assert [row.net_cents for row in seller.get(LINES).context["rows"]] == [None]
    assert "Rien à verser" in seller.get(f"{LINES}{line.key}/").content.decode()


def test_pages_of_lines(market: Market, seller: Client) -> None:
    for _number in range(14):
        market.paid_order(market.service, service_of(market.provider))
    for address in (INBOX, LINES):
        first, second = seller.get(address), seller.get(address, {"page": "2"})
        assert "Page 1 sur 2" in first.content.decode()
        assert "Rien à faire." not in second.content.decode()
        assert seller.get(address, {"page": "nonsense"}).status_code == 200


def test_statements_do_not_grow_with_lines(market: Market, seller: Client) -> None:
    def statements(address: str) -> int:
        seller.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert seller.get(address).status_code == 200
        return len(seen)

    addresses = [INBOX, LINES, f"{LINES}?filtre=a-faire&q=Prestation"]
    market.started()
    few = [statements(address) for address in addresses]
    for _number in range(15):
        market.paid_order(market.service, service_of(market.provider))
    assert [statements(address) for address in addresses] == few
    assert max(few) <= 20, few


def test_a_pending_provider_reads_what_is_missing(market: Market, tenant_client: Client) -> None:
    from billing.payouts.models import PayoutAccount
    from tenants.parties.models import PartyRole
    from tenants.parties.operations import create_provider

    user = person("newcomer")
    party = create_provider(user=user, legal_name="Atelier neuf", siret="", vat_regime="franchise")
    tenant_client.force_login(user, backend=BACKEND)
    page = tenant_client.get(INBOX)
    assert "Que me manque-t-il pour vendre ?" in page.content.decode()
    assert {step.id for step in page.context["steps"] if step.done} == {"vat"}
    service_of(party)
    PayoutAccount.objects.create(
        party=party,
        state="active",
        gateway_account_id="acct_neuf",
        idempotency_key="account:neuf",
        opened_at=timezone.now(),
    )
    page = tenant_client.get(LINES)
    assert {step.id for step in page.context["steps"] if step.done} == {"vat", "payouts", "service"}
    assert "Il reste 3 étapes" in page.content.decode()
    for link in {step.url for step in page.context["steps"] if step.url}:
        assert tenant_client.get(link).status_code == 200, link
    PartyRole.objects.filter(party=party).update(state="active")
    assert "Par quoi commencer ?" in tenant_client.get(INBOX).content.decode()


def test_a_suspended_provider_finishes_its_lines(market: Market, seller: Client) -> None:
    from tenants.parties.operations import suspend_provider

    line = market.started()
    suspend_provider(party=market.provider)
    text = seller.get(INBOX).content.decode()
    assert "Votre espace est suspendu" in text
    assert line.key in text
    assert seller.get(f"{LINES}{line.key}/").status_code == 200


def test_who_has_no_provider_gets_in_nowhere(market: Market, tenant_client: Client) -> None:
    for user in (market.buyer_user, person("nobody"), market.staff):
        tenant_client.force_login(user, backend=BACKEND)
        assert [tenant_client.get(address).status_code for address in (INBOX, LINES)] == [404, 404]

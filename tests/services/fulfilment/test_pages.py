"""The provider's pages: the most urgent first, the acts of a line, what others see (nothing)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.services.ordering import Market, fresh, service_of

BACKEND = "tenants.accounts.backends.AccountBackend"
PDF = b"%PDF-1.7 maquette"


@pytest.fixture
def seller(market: Market, tenant_client: Client) -> Client:
    tenant_client.force_login(market.provider_user, backend=BACKEND)
    return tenant_client


def test_the_inbox_begins_with_the_most_urgent(market: Market, seller: Client) -> None:
    empty = seller.get(reverse("fulfilment:next_hour")).content.decode()
    assert "Rien à faire." in empty
    assert "Ouvrir le compte de versement" in empty
    started = market.started()
    asked = market.paid_order(market.service).lines.get()
    type(asked).objects.filter(pk=asked.pk).update(due_at=timezone.now() - timedelta(days=8))
    page = seller.get(reverse("fulfilment:next_hour"))
    rows = page.context["inbox"].rows
    assert [row.line.key for row in rows] == [asked.key, started.key]
    text = page.content.decode()
    assert "en retard de" in text
    assert "il vous reste" in text
    # 468 incl. VAT less 5 % of 390 with its VAT.
    assert "444,60" in text


def test_a_line_from_acceptance_to_delivery(market: Market, seller: Client) -> None:
    line = market.paid_order(market.service).lines.get()
    here = reverse("fulfilment:line", args=[line.key])
    text = seller.get(here).content.decode()
    assert "Accepter" in text
    assert "Conserves de légumes" in text
    assert "444,60" in text
    assert (
        "Prestation acceptée"
        in seller.post(reverse("fulfilment:accept", args=[line.key]), follow=True).content.decode()
    )
    again = seller.post(reverse("fulfilment:accept", args=[line.key]), follow=True).content.decode()
    assert "Entre-temps : Acceptée" in again
    assert "Livrer" in seller.post(reverse("fulfilment:start", args=[line.key]), follow=True).content.decode()
    deliver = reverse("fulfilment:deliver", args=[line.key])
    nothing = seller.post(deliver, {"act": "deliver", "note": "Mon mot"})
    assert nothing.status_code == 422
    assert "Joignez un fichier ou un lien" in nothing.content.decode()
    assert "Mon mot" in nothing.content.decode()
    mixed = seller.post(
        deliver,
        {
            "act": "deliver",
            "note": "Mon mot",
            "files": [SimpleUploadedFile("bon.pdf", PDF), SimpleUploadedFile("mauvais.exe", b"MZ")],
        },
    )
    assert mixed.status_code == 422
    text = mixed.content.decode()
    assert "pas accepté" in text
    assert "bon.pdf" in text
    assert fresh(line).state == "in_progress"
    done = seller.post(deliver, {"act": "deliver", "link": "exemple.example/maquette"}, follow=True)
    assert "Livraison envoyée" in done.content.decode()
    assert fresh(line).state == "delivered"
    given = line.milestones.first().deliverables.get(title="bon.pdf")
    answer = seller.get(reverse("fulfilment:deliverable", args=[given.public_id]))
    assert b"".join(answer.streaming_content) == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    wrote = seller.post(
        reverse("fulfilment:write", args=[line.key]), {"body": "Bonjour", "token": "not-a-token"}
    )
    assert wrote.status_code == 422
    assert "Bonjour" in wrote.content.decode()


def test_declining_asks_for_a_reason(market: Market, seller: Client) -> None:
    line = market.paid_order(market.service).lines.get()
    decline = reverse("fulfilment:decline", args=[line.key])
    assert "Le client est prévenu et remboursé" in seller.get(decline).content.decode()
    refused = seller.post(decline, {"reason": ""})
    assert refused.status_code == 422
    assert "Prestation déclinée" in seller.post(decline, {"reason": "Complet"}, follow=True).content.decode()
    assert fresh(line).state == "declined"


@pytest.mark.parametrize("who", ["other provider", "buyer", "anonymous"])
def test_others_see_nothing(market: Market, tenant_client: Client, who: str) -> None:
    line = market.paid_order(market.service).lines.get()
    users = {"other provider": market.other_user, "buyer": market.buyer_user}
    if who in users:
        tenant_client.force_login(users[who], backend=BACKEND)
    expected = 302 if who == "anonymous" else 404
    assert tenant_client.get(reverse("fulfilment:line", args=[line.key])).status_code == expected
    assert tenant_client.get(reverse("fulfilment:decline", args=[line.key])).status_code == expected
    for act in ("accept", "decline", "start", "deliver", "write"):
        address = reverse(f"fulfilment:{act}", args=[line.key])
        assert tenant_client.post(address, {"reason": "Non", "body": "Non"}).status_code == expected, act
    if who != "other provider":
        assert tenant_client.get(reverse("fulfilment:next_hour")).status_code == expected
        assert tenant_client.get(reverse("fulfilment:lines")).status_code == expected
    assert fresh(line).state == "awaiting_provider"


def test_the_list_is_narrowed_and_searched(market: Market, seller: Client) -> None:
    first = market.paid_order(market.service).lines.get()
    market.delivered()
    lines = reverse("fulfilment:lines")
    found = seller.get(lines, {"filtre": "a-faire"}).context["rows"]
    assert [row.line.key for row in found] == [first.key]
    assert [row.line.key for row in seller.get(lines, {"q": first.key}).context["rows"]] == [first.key]
    assert "Aucune prestation ne correspond" in seller.get(lines, {"q": "introuvable"}).content.decode()
    assert seller.get(lines).context["page"].paginator.count == 2


def test_lists_cost_the_same_at_one_and_thirty_lines(market: Market, seller: Client) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def statements(address: str) -> int:
        seller.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert seller.get(address).status_code == 200
        return len(seen)

    pages = [reverse("fulfilment:next_hour"), reverse("fulfilment:lines")]
    market.paid_order(market.service)
    market.delivered()
    few = [statements(page) for page in pages]
    for _number in range(15):
        market.paid_order(market.service, service_of(market.provider))
    assert [statements(page) for page in pages] == few
    assert max(few) < 25

"""The operator in the messages of a line: it reads what both sides wrote, and both read what it writes."""

from __future__ import annotations

from uuid import uuid4

from django.test import Client
from django.urls import reverse

from services.fulfilment.models import Message
from services.fulfilment.operations.write import write_message
from services.orders.models import Notice
from tests.services.ordering import Market

BACKEND = "tenants.accounts.backends.AccountBackend"


def test_the_operator_reads_and_writes(market: Market, tenant_client: Client) -> None:
    """What it writes stands on all three pages, and both sides are told."""
    line = market.started()
    write_message(key=line.key, actor=market.provider_user, role="provider", body="Le modèle est prêt.")
    page = reverse("orders:console_order", args=[line.order.number])
    write = reverse("fulfilment:write_to_both", args=[line.key])
    tenant_client.force_login(market.staff, backend=BACKEND)
    assert "Le modèle est prêt." in tenant_client.get(page).text
    before = Notice.objects.filter(kind="message").count()
    answer = tenant_client.post(write, {"body": "Nous vous appelons demain.", "token": str(uuid4())})
    assert answer.headers["Location"] == f"{page}#messages-{line.position}"
    assert Message.objects.get(role="operator").author == market.staff
    assert Notice.objects.filter(kind="message").count() >= before + 2
    for user, address in (
        (market.staff, page),
        (market.buyer_user, reverse("orders:order", args=[line.order.number])),
        (market.provider_user, reverse("fulfilment:line", args=[line.key])),
    ):
        tenant_client.force_login(user, backend=BACKEND)
        assert "Nous vous appelons demain." in tenant_client.get(address).text


def test_an_empty_message_is_refused(market: Market, tenant_client: Client) -> None:
    """Nothing is kept and the page says why."""
    line = market.started()
    tenant_client.force_login(market.staff, backend=BACKEND)
    answer = tenant_client.post(
        reverse("fulfilment:write_to_both", args=[line.key]), {"body": " "}, follow=True
    )
    assert "Écrivez votre message." in answer.text
    assert not Message.objects.filter(role="operator").exists()


def test_nobody_else_writes_as_the_operator(market: Market, tenant_client: Client) -> None:
    """Not the buyer, not the provider, not a desk that has nothing to do with orders."""
    line = market.started()
    market.staff.staff_roles.update(role="catalogue")
    for user in (market.buyer_user, market.provider_user, market.staff):
        tenant_client.force_login(user, backend=BACKEND)
        answer = tenant_client.post(reverse("fulfilment:write_to_both", args=[line.key]), {"body": "Bonjour"})
        assert answer.status_code == 404
    assert not Message.objects.filter(body="Bonjour").exists()

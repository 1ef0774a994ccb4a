"""The gateway posts to where the site answers now: its port may change between two starts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils import timezone

from billing.payments.models import GatewayEndpoint
from billing.payments.operations.accounts import add_endpoint, connect_sandbox, webhook_url
from tests.billing.payments.acting import Shop


def addresses(shop: Shop) -> dict[str, str]:
    """Where the gateway posts to, by its name for the endpoint."""
    return {row["id"]: row["url"] for row in shop.api.get("webhook_endpoints")["data"]}


def test_the_address_follows_the_port_and_nothing_else_changes(shop: Shop, settings: Any) -> None:
    before = addresses(shop)
    sealed = shop.account.webhook_secret_sealed
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, port=9417)
    moved = connect_sandbox(shop.tenant)
    assert moved == shop.account
    assert moved.webhook_secret_sealed == sealed
    after = addresses(shop)
    assert after.keys() == before.keys() == {shop.account.gateway_endpoint_id}
    assert after[shop.account.gateway_endpoint_id] == webhook_url(shop.tenant, shop.account.endpoint_id)
    assert ":9417/webhooks/passerelle/" in after[shop.account.gateway_endpoint_id]
    assert after != before


def test_further_addresses_follow_and_retired_ones_stay(shop: Shop, settings: Any) -> None:
    successor, retired = (add_endpoint(shop.tenant, shop.account) for _ in range(2))
    GatewayEndpoint.objects.filter(pk=retired.pk).update(retired_at=timezone.now())
    before = addresses(shop)
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, port=9417)
    connect_sandbox(shop.tenant)
    after = addresses(shop)
    assert after[successor.gateway_endpoint_id] == webhook_url(shop.tenant, successor.endpoint_id)
    assert ":9417/" in after[successor.gateway_endpoint_id]
    assert after[retired.gateway_endpoint_id] == before[retired.gateway_endpoint_id]

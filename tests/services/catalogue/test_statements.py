"""What a page of the shop sends to PostgreSQL, each SET, BEGIN and COMMIT counted."""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import Client

from services.orders.operations.carts import add_to_cart, take_cart
from tenants.directory.hosts import forget_hosts
from tenants.reference.rates import load_vat_rates
from tests.services.catalogue.building import (
    log_in,
    new_business,
    new_category,
    new_operator,
    new_provider,
    new_service,
    new_user,
)
from tests.tenants.database.wire import statements_sent


def statements(client: Client, path: str) -> list[str]:
    """All of one page on a connection that looked elsewhere before, the host's tenant forgotten."""
    assert client.get(path).status_code == 200
    connection.set_schema_to_public()
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    forget_hosts()
    with statements_sent() as sent:
        assert client.get(path).status_code == 200
    return [statement.split(" FROM")[0][:60] for statement in sent]


def test_a_list_costs_the_same_with_one_service_and_with_a_hundred(committing_tenant: Any) -> None:
    load_vat_rates()
    new_operator()
    rubric = new_category("site-creation", parent=new_category("site"))
    provider = new_provider()
    service = new_service(provider, rubric)
    user = new_user("camille@savonnerie.example")
    add_to_cart(cart=take_cart(user=user, party=new_business(user)), service=service)
    host = f"{committing_tenant.slug}.localhost"
    visitor, member = Client(SERVER_NAME=host), log_in(Client(SERVER_NAME=host), user)

    one = statements(visitor, "/services/")
    assert len(one) <= 6, one
    one_for_member = statements(member, "/services/")
    assert len(one_for_member) <= 9, one_for_member

    connection.set_tenant(committing_tenant)
    for number in range(99):
        new_service(provider, rubric, slug=f"s{number}", name=f"Service {number:02d}")
    assert statements(visitor, "/services/") == one
    assert statements(member, "/services/") == one_for_member

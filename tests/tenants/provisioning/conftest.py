"""A database without a transaction around the test, and tenants that are dropped afterwards."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from tenants.directory.models import Tenant
from tenants.provisioning.operations import discard_tenant, register_tenant


@pytest.fixture
def open_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Statements commit one by one, as in production."""
    with django_db_blocker.unblock():
        connection.set_schema_to_public()
        yield
        connection.set_schema_to_public()
        connection.close()


@pytest.fixture
def registered(open_database: None) -> Iterator[Callable[[], Tenant]]:
    """Registers tenants that have no schema yet; whatever becomes of them is dropped afterwards."""
    made: list[Tenant] = []

    def register() -> Tenant:
        slug = f"trial-{secrets.token_hex(4)}"
        made.append(
            register_tenant(
                slug=slug,
                name="Essai",
                host=f"{slug}.localhost",
                number_code=secrets.token_hex(2).upper(),
                is_demo=True,
            )
        )
        return made[-1]

    yield register
    for tenant in made:
        discard_tenant(tenant=tenant)

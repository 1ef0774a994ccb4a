"""The twins: made once, committed, dropped after the last test that asks for them."""

from __future__ import annotations

import secrets
import shutil
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import new_tenant
from tests.isolation.twins import (
    CANARIES,
    Twin,
    Twins,
    copy,
    fill,
    give_logo,
    give_picture,
    give_token,
    order_more,
)


@pytest.fixture(scope="package")
def twins(django_db_setup: None, django_db_blocker: Any) -> Iterator[Twins]:
    """Two tenants that differ by one word; everything in them is committed."""
    from django.conf import settings
    from django.db import connection
    from django_tenants.utils import tenant_context

    from tenants.directory.hosts import forget_hosts
    from tenants.provisioning.operations import discard_tenant

    with django_db_blocker.unblock():
        made = Twins(*(_twin(which) for which in "ab"))
        try:
            with tenant_context(made.a.tenant):
                fill(made.a)
            copy(made.a, made.b)
            with tenant_context(made.b.tenant):
                order_more(made.b, made.a)
            for twin in (made.a, made.b):
                with tenant_context(twin.tenant):
                    give_token(twin)
                    give_logo(twin)
                    give_picture(twin)
            connection.set_schema_to_public()
            forget_hosts()
            yield made
        finally:
            connection.set_schema_to_public()
            for twin in (made.a, made.b):
                for folder in (settings.MEDIA_ROOT, settings.MAILBOX_DIR):
                    shutil.rmtree(Path(folder) / twin.tenant.schema_name, ignore_errors=True)
                discard_tenant(tenant=twin.tenant)
            connection.close()


@pytest.fixture(autouse=True)
def outside_tenants(twins: Twins) -> Iterator[None]:
    """Each test begins and ends in no tenant, as a request does."""
    from django.db import connection

    connection.set_schema_to_public()
    yield
    connection.set_schema_to_public()


def _twin(which: str) -> Twin:
    code = "".join(secrets.choice(string.ascii_uppercase) for _ in range(4))
    word = CANARIES[which]
    slug = f"twin-{which}-{secrets.token_hex(4)}"
    return Twin(new_tenant(slug=slug, number_code=code, name="Jumeaux", is_demo=True), word)

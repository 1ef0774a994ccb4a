"""Fixtures of the tests of payments."""

from typing import Any

import pytest
from django.test import Client

from tests.billing.payments.acting import Shop, open_shop
from tests.sandbox import SandboxProcess


@pytest.fixture
def shop(tenant: Any, tenant_client: Any, sandbox_process: SandboxProcess, settings: Any) -> Shop:
    """The shared tenant on the sandbox; all of it rolls back."""
    return open_shop(tenant, tenant_client, sandbox_process, settings)


@pytest.fixture
def own_shop(committing_tenant: Any, sandbox_process: SandboxProcess, settings: Any) -> Shop:
    """A tenant of the test's own on the sandbox; all of it commits."""
    client = Client(SERVER_NAME=f"{committing_tenant.slug}.localhost")
    return open_shop(committing_tenant, client, sandbox_process, settings)

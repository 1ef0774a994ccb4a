"""Fixtures of the tests of payouts: a tenant on a real sandbox gateway."""

from __future__ import annotations

from typing import Any

import pytest

from tests.billing.payments.acting import Shop, open_shop
from tests.sandbox import SandboxProcess


@pytest.fixture
def shop(tenant: Any, tenant_client: Any, sandbox_process: SandboxProcess, settings: Any) -> Shop:
    """The shared tenant on the sandbox; all of it rolls back."""
    return open_shop(tenant, tenant_client, sandbox_process, settings)


@pytest.fixture
def released(shop: Shop) -> Any:
    """A payout of 114,00 euros out of a paid charge of 120,00 with 5 % commission."""
    return release_paid(shop)


def release_paid(shop: Shop, reference: str = "C-1") -> Any:
    """Order, pay at the gateway, approve."""
    from billing.payouts.operations import release

    charge = shop.charge(reference)
    shop.pay(shop.start(charge))
    shop.post_new_events()
    return release(item_key=f"{reference}-line", release_key="step-1")

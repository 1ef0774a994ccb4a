"""Fixtures of the tests of services."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox import sandbox_process
from tests.services.ordering import Market, open_market

__all__ = ["sandbox_process"]


@pytest.fixture
def market(tenant: Any) -> Market:
    """The shared tenant with a buyer, two providers and an operator; all of it rolls back."""
    return open_market(tenant)


@pytest.fixture
def own_market(committing_tenant: Any) -> Market:
    """A tenant of the test's own with the same people; all of it commits."""
    return open_market(committing_tenant)

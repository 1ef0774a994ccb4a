"""Fixtures of the tests of invoicing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.billing.invoicing.making import Market, open_market


@pytest.fixture
def market(tenant: Any) -> Market:
    """A market in the shared tenant; all of it rolls back."""
    return open_market()

"""Fixtures of the sandbox's tests."""

from collections.abc import Iterator

import pytest

from tests.billing.sandbox.receiving import Receiver


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A webhook endpoint that remembers."""
    running = Receiver()
    yield running
    running.close()

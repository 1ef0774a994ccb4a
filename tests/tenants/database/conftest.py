"""A connection without any transaction around the test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection


@pytest.fixture
def open_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Statements commit one by one, as in production; nothing is cleaned up but the connection."""
    with django_db_blocker.unblock():
        connection.close()
        connection.set_schema_to_public()
        yield
        connection.set_schema_to_public()
        connection.close()


@pytest.fixture
def client_for_open_database(open_database: None) -> Any:
    """A test client on the shared tenant's site, without a transaction around the test."""
    from django.test import Client

    return Client(SERVER_NAME="alpha.localhost")

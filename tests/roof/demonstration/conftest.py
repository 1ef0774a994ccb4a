"""A demonstration space laid out in the shared tenant, rolled back after each test."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from pepiniere.demonstration.accounts import AccountBook
from pepiniere.demonstration.provisioning.space import lay_out
from pepiniere.demonstration.source import Row, tenant_rows
from services.catalogue.prices import forget_price_books
from tenants.parties.models import Party
from tenants.reference.rates import load_vat_rates
from tests.sandbox import sandbox_process

__all__ = ["sandbox_process"]


@dataclass
class Space:
    """What was laid out."""

    row: Row
    book: AccountBook
    providers: dict[str, Party]
    host: str


@pytest.fixture
def space(tenant: Any, settings: Any, tmp_path: Path) -> Iterator[Space]:
    """The incubator of the data, whose people enter the shared tenant."""
    settings.STATE_DIR = tmp_path
    forget_price_books()
    load_vat_rates()
    row = {**tenant_rows()[2], "host_prefix": tenant.slug}
    book = AccountBook()
    # Accounts are kept by the slug of the space, which here is the shared tenant's.
    laid_out = lay_out(row, host=f"{tenant.slug}.localhost", book=book, space=tenant.slug)
    book.save()
    yield Space(row, book, dict(laid_out), f"{tenant.slug}.localhost")
    forget_price_books()

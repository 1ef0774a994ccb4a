"""`manage verify_ledger`: one line a tenant, and an exit code."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django_tenants.utils import tenant_context

from billing.charges.models import Charge
from billing.ledger.accounts import AccountCode
from billing.ledger.models import Account, VerificationRun
from billing.ledger.operations import credit, debit, post_entry
from tests.conftest import SHARED, shared_tenant


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("verify_ledger", *arguments, stdout=out)
    return out.getvalue()


def test_a_sound_ledger_is_one_line(committing_tenant: Any) -> None:
    assert run("--tenant", committing_tenant.slug).startswith(f"{committing_tenant.slug}: 0 entries, ")
    assert run("--tenant", committing_tenant.slug).endswith("ok\n")
    assert not Charge.objects.exists()


@pytest.fixture
def no_runs_left(committing_tenant: Any) -> Iterator[None]:
    """What a check of all tenants keeps in those that other tests share is taken out again."""
    yield
    for slug in SHARED:
        with tenant_context(shared_tenant(slug)):
            VerificationRun.objects.all().delete()
    connection.set_tenant(committing_tenant)


def test_all_tenants_and_the_exit_code(committing_tenant: Any, no_runs_left: None) -> None:
    post_entry(
        source="payment:404",
        kind="payment",
        occurred_on=date(2026, 11, 23),
        postings=[debit(AccountCode.GATEWAY, 100), credit(AccountCode.HELD, 100)],
    )
    Account.objects.filter(code=AccountCode.BANK).delete()
    connection.set_schema_to_public()
    out = StringIO()
    with pytest.raises(CommandError) as failed:
        call_command("verify_ledger", "--all-tenants", stdout=out)
    assert failed.value.returncode == 1
    lines = out.getvalue().splitlines()
    assert any(line.startswith(f"{committing_tenant.slug}: 1 entries") for line in lines)
    found = "\n".join(lines)
    assert "ledger.chart: 512000: account missing" in found
    assert "charges.held: 467100: ledger 100, held parts 0" in found
    assert "payments.receipts: payment:404" in found
    connection.set_tenant(committing_tenant)


def test_an_unknown_tenant(tenant: Any) -> None:
    with pytest.raises(CommandError, match="nowhere"):
        run("--tenant", "nowhere")

"""`manage reseal_secrets`: an old data key may go when the command has ended well."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection

from billing.payments.errors import SecretUnreadable
from billing.payments.operations.accounts import add_endpoint
from billing.payments.secrets import unseal
from tests.billing.payments.acting import Shop


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("reseal_secrets", *arguments, stdout=out)
    return out.getvalue()


def test_the_old_key_may_go_when_all_tenants_are_resealed(
    shop: Shop, other_tenant: Any, settings: Any
) -> None:
    endpoint = add_endpoint(shop.tenant, shop.account)
    sealed = (
        shop.account.secret_key_sealed,
        shop.account.webhook_secret_sealed,
        endpoint.webhook_secret_sealed,
    )
    secrets = [unseal(each) for each in sealed]
    connection.set_schema_to_public()
    new = Fernet.generate_key().decode()
    settings.DATA_KEYS = (new, *settings.DATA_KEYS)
    told = run("--all-tenants").splitlines()
    assert f"{shop.tenant.slug}: 1 account(s) resealed" in told
    assert f"{other_tenant.slug}: 0 account(s) resealed" in told
    settings.DATA_KEYS = (new,)
    connection.set_tenant(shop.tenant)
    shop.account.refresh_from_db()
    endpoint.refresh_from_db()
    sealed = (
        shop.account.secret_key_sealed,
        shop.account.webhook_secret_sealed,
        endpoint.webhook_secret_sealed,
    )
    assert [unseal(each) for each in sealed] == secrets
    assert run("--tenant", shop.tenant.slug) == f"{shop.tenant.slug}: 1 account(s) resealed\n"


def test_a_key_taken_off_too_early_is_told_and_nothing_is_lost(
    shop: Shop, other_tenant: Any, settings: Any
) -> None:
    before, kept = shop.account.secret_key_sealed, settings.DATA_KEYS
    settings.DATA_KEYS = (Fernet.generate_key().decode(),)
    out = StringIO()
    with pytest.raises(CommandError, match="1 tenant") as failed:
        call_command("reseal_secrets", "--all-tenants", stdout=out)
    assert failed.value.returncode == 1
    assert f"{shop.tenant.slug}: nothing resealed" in out.getvalue()
    assert f"{other_tenant.slug}: 0 account(s) resealed" in out.getvalue()
    connection.set_tenant(shop.tenant)
    shop.account.refresh_from_db()
    assert shop.account.secret_key_sealed == before
    with pytest.raises(SecretUnreadable):
        unseal(before)
    settings.DATA_KEYS = kept
    assert unseal(before)


def test_an_unknown_tenant(tenant: Any) -> None:
    with pytest.raises(CommandError, match="nowhere"):
        run("--tenant", "nowhere")

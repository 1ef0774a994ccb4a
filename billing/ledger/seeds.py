"""The chart of accounts that a new tenant starts with."""

from __future__ import annotations

from django.utils import translation

from billing.ledger.accounts import CHART
from billing.ledger.models import Account
from tenants.directory.models import Tenant


def seed_tenant(tenant: Tenant) -> None:
    """Create the missing accounts of the chart; accounts already there stay as they are."""
    with translation.override("fr"):
        Account.objects.bulk_create(
            [
                Account(
                    code=seed.code,
                    number=seed.number,
                    label=str(seed.code.label),
                    kind=seed.kind,
                    by_party=seed.by_party,
                )
                for seed in CHART
            ],
            ignore_conflicts=True,
        )

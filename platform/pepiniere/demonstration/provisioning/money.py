"""What a space needs to be paid and to pay: its gateway account and payout accounts."""

from __future__ import annotations

from collections.abc import Iterable

from billing.payments.operations.accounts import connect_sandbox
from billing.payouts.models import PayoutAccount
from billing.payouts.operations import open_payout_account
from tenants.directory.current import current_tenant
from tenants.parties.models import Party


def connect_gateway() -> None:
    """Open the space's account at the sandbox; must run outside a transaction."""
    connect_sandbox(current_tenant())


def open_payout_accounts(providers: Iterable[Party]) -> None:
    """Open what is missing, one call to the gateway each; must run outside a transaction."""
    ready = set(PayoutAccount.objects.filter(state="active").values_list("party_id", flat=True))
    for party in providers:
        if party.pk not in ready:
            open_payout_account(party=party)

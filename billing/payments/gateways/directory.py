"""Which gateway stands behind an account: the only place that knows the kinds."""

from __future__ import annotations

from django.conf import settings

from billing.payments.errors import GatewayMissing
from billing.payments.gateways.base import Gateway
from billing.payments.gateways.sandbox import SandboxGateway
from billing.payments.models import GatewayAccount, GatewayKind
from billing.payments.secrets import unseal


def active_account() -> GatewayAccount:
    """The tenant's gateway account in use. Raises GatewayMissing."""
    account = GatewayAccount.objects.filter(active=True).first()
    if account is None:
        raise GatewayMissing
    return account


def gateway_for(account: GatewayAccount) -> Gateway:
    """A client with the account's own key. Raises GatewayMissing where its kind cannot be reached."""
    if account.kind == GatewayKind.SANDBOX and settings.SANDBOX_URL:
        return SandboxGateway(unseal(account.secret_key_sealed))
    raise GatewayMissing

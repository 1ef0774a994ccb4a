"""Opening of the tenant's account at the sandbox, and keeping of gateway secrets."""

from __future__ import annotations

import structlog
from django.conf import settings
from django.db import transaction

from billing.payments.errors import GatewayMissing
from billing.payments.faults import ACCOUNT_OPENED, ACCOUNT_SAVED, ENDPOINT_OPENED
from billing.payments.gateways.sandbox import move_endpoint, open_account, open_endpoint
from billing.payments.models import GatewayAccount, GatewayEndpoint, GatewayKind
from billing.payments.secrets import reseal, seal, unseal
from kernel.faults import fault_point
from tenants.directory.current import tenant_context
from tenants.directory.models import Tenant

log = structlog.get_logger(__name__)


def connect_sandbox(tenant: Tenant) -> GatewayAccount:
    """Give a tenant its account at the sandbox; again, it returns the one in use.

    An account in use is told where the tenant's site answers now: host or port may have changed. Must be
    called outside a transaction. Raises GatewayMissing where no sandbox is configured, and the gateway's
    OutcomeUnknown: calling again goes on where it stopped.
    """
    if not settings.SANDBOX_URL or not settings.SANDBOX_ADMIN_KEY:
        raise GatewayMissing
    with tenant_context(tenant):
        account = _started_account()
        if account.active:
            _follow_site(tenant, account)
            return account
        if not account.account_id:
            fault_point(ACCOUNT_SAVED)
            account.account_id, key = open_account(
                name=tenant.name,
                admin_key=settings.SANDBOX_ADMIN_KEY,
                metadata={"tenant": tenant.schema_name},
                idempotency_key=f"account:{account.endpoint_id}",
            )
            fault_point(ACCOUNT_OPENED)
            account.secret_key_sealed = seal(key)
            account.save(update_fields=["account_id", "secret_key_sealed"])
        account.gateway_endpoint_id, secret = open_endpoint(
            secret_key=unseal(account.secret_key_sealed),
            url=webhook_url(tenant, account.endpoint_id),
            idempotency_key=f"endpoint:{account.endpoint_id}",
        )
        fault_point(ENDPOINT_OPENED)
        account.webhook_secret_sealed = seal(secret)
        account.active = True
        account.save(update_fields=["gateway_endpoint_id", "webhook_secret_sealed", "active"])
        log.info("sandbox_connected", gateway_account=account.account_id)
        return account


def add_endpoint(tenant: Tenant, account: GatewayAccount) -> GatewayEndpoint:
    """Give an account a further webhook address with a secret of its own; the tenant is current.

    For rolling a secret without losing an event: add, wait, retire. Must be called outside a transaction.
    """
    endpoint = GatewayEndpoint.objects.create(account=account)
    endpoint.gateway_endpoint_id, secret = open_endpoint(
        secret_key=unseal(account.secret_key_sealed),
        url=webhook_url(tenant, endpoint.endpoint_id),
        idempotency_key=f"endpoint:{endpoint.endpoint_id}",
    )
    fault_point(ENDPOINT_OPENED)
    endpoint.webhook_secret_sealed = seal(secret)
    endpoint.save(update_fields=["gateway_endpoint_id", "webhook_secret_sealed"])
    return endpoint


def webhook_url(tenant: Tenant, endpoint_id: str) -> str:
    """Where the gateway posts the tenant's events."""
    return site_origin(tenant) + f"/webhooks/passerelle/{endpoint_id}/"


def site_origin(tenant: Tenant) -> str:
    """Scheme, host and port of the tenant's site, without a closing slash."""
    domain = tenant.domains.order_by("-is_primary", "pk").values_list("domain", flat=True).first()
    return str(settings.ENVIRONMENT.origin(domain))


@transaction.atomic
def reseal_secrets() -> int:
    """Bring every stored secret of the tenant under the newest data key; how many accounts were rewritten."""
    accounts = list(GatewayAccount.objects.select_for_update())
    for account in accounts:
        for name in ("secret_key_sealed", "webhook_secret_sealed"):
            if getattr(account, name):
                setattr(account, name, reseal(getattr(account, name)))
        account.save(update_fields=["secret_key_sealed", "webhook_secret_sealed"])
    for endpoint in GatewayEndpoint.objects.select_for_update().exclude(webhook_secret_sealed=""):
        endpoint.webhook_secret_sealed = reseal(endpoint.webhook_secret_sealed)
        endpoint.save(update_fields=["webhook_secret_sealed"])
    return len(accounts)


def _follow_site(tenant: Tenant, account: GatewayAccount) -> None:
    """Move every webhook address that is listened to; what the gateway has yet to post goes there too."""
    key = unseal(account.secret_key_sealed)
    further = account.endpoints.filter(retired_at=None).exclude(gateway_endpoint_id="")
    listening: list[GatewayAccount | GatewayEndpoint] = [account, *further]
    for endpoint in listening:
        move_endpoint(
            secret_key=key,
            identifier=endpoint.gateway_endpoint_id,
            url=webhook_url(tenant, endpoint.endpoint_id),
        )


@transaction.atomic
def _started_account() -> GatewayAccount:
    """The account in use, the one begun and not finished, or a new row: its endpoint id makes our keys."""
    accounts = GatewayAccount.objects.select_for_update().filter(kind=GatewayKind.SANDBOX)
    return accounts.order_by("-active", "-pk").first() or GatewayAccount.objects.create(
        kind=GatewayKind.SANDBOX
    )

"""What can be done with a tenant's place in the directory."""

from __future__ import annotations

from django.db import transaction

from tenants.directory.errors import TenantNotReady
from tenants.directory.hosts import forget_hosts
from tenants.directory.models import Tenant


@transaction.atomic
def suspend_tenant(*, tenant_id: int) -> Tenant:
    """Close the pages of a ready tenant; running orders, money and tasks go on.

    Other processes notice within `SITE_HOST_CACHE_SECONDS`. Raises TenantNotReady for a tenant that was
    never opened; a suspended one stays as it is.
    """
    return _change_state(tenant_id, Tenant.State.SUSPENDED)


@transaction.atomic
def resume_tenant(*, tenant_id: int) -> Tenant:
    """Open the pages of a suspended tenant again. Raises TenantNotReady like `suspend_tenant`."""
    return _change_state(tenant_id, Tenant.State.READY)


def _change_state(tenant_id: int, target: Tenant.State) -> Tenant:
    tenant = Tenant.objects.select_for_update(of=("self",)).get(pk=tenant_id)
    if tenant.state not in (Tenant.State.READY, Tenant.State.SUSPENDED):
        raise TenantNotReady(tenant=tenant.name)
    tenant.state = target
    tenant.save(update_fields=["state"])
    transaction.on_commit(forget_hosts)
    return tenant

"""The tenant in which the running request, task or command works."""

from __future__ import annotations

from django.db import connection
from django_tenants.utils import get_public_schema_name, tenant_context

from tenants.directory.errors import NotInTenant
from tenants.directory.models import Tenant

__all__ = ["current_tenant", "in_tenant", "tenant_context"]


def in_tenant() -> bool:
    """Whether a tenant is chosen (else we are on the platform's own site or in one of its tasks)."""
    return bool(connection.schema_name != get_public_schema_name())


def current_tenant() -> Tenant:
    """The tenant of the connection. Raises NotInTenant on the public schema.

    Costs a statement only where the schema was chosen by its name alone.
    """
    if not in_tenant():
        raise NotInTenant("no tenant is chosen: use tenant_context(tenant)")
    if not isinstance(connection.tenant, Tenant):
        connection.tenant = Tenant.objects.get(schema_name=connection.schema_name)
    return connection.tenant

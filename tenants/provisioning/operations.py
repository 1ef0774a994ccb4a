"""What can be done with a tenant as a whole: make it ready, try again, throw a trial away."""

from __future__ import annotations

import structlog
from django.db import connection, transaction
from django_tenants.utils import quote_schema_name, tenant_context

from tenants.directory.hosts import forget_hosts
from tenants.directory.models import Domain, Tenant
from tenants.provisioning.errors import ProvisioningFailed
from tenants.provisioning.seeds import seed_tenant
from tenants.provisioning.template import schema_sql, stored_template

logger = structlog.stdlib.get_logger(__name__)

# Namespace of the advisory locks that keep two processes from preparing the same tenant.
_LOCK_SPACE = 0x7E4A


def provision_tenant(*, slug: str, name: str, host: str, number_code: str, **values: object) -> Tenant:
    """Create a tenant and make it ready at once; see `register_tenant` for the values.

    Raises ValidationError, ProvisioningFailed. Must not be called inside a transaction of the caller.
    """
    tenant = register_tenant(slug=slug, name=name, host=host, number_code=number_code, **values)
    return make_ready(tenant_id=tenant.pk)


@transaction.atomic
def register_tenant(*, slug: str, name: str, host: str, number_code: str, **values: object) -> Tenant:
    """Write a tenant and its address into the directory, in state `provisioning`.

    ``host`` is a host name without port; ``number_code`` (2-4 capitals or digits) opens the numbers of
    its orders and invoices for ever. ``values`` are further fields of Tenant: kind, time_zone, language,
    brand, is_demo, sender_name, sender_email, region_code, departments. Raises ValidationError.
    """
    tenant = Tenant(
        slug=slug,
        schema_name=f"t_{slug.replace('-', '_')}",
        name=name,
        number_code=number_code,
        **values,  # type: ignore[arg-type]
    )
    tenant.full_clean()
    tenant.save()
    domain = Domain(tenant=tenant, domain=host, is_primary=True)
    domain.full_clean()
    domain.save()
    return tenant


def make_ready(*, tenant_id: int) -> Tenant:
    """Build the schema of a registered tenant and open its pages; a ready one is left as it is.

    After a failure the cause stands in the row and the call may be repeated: it begins anew.
    Raises ProvisioningFailed. Must not be called inside a transaction.
    """
    connection.set_schema_to_public()
    # Before the lock: making the template opens connections of its own.
    template = stored_template()
    with _preparing(tenant_id):
        tenant = Tenant.objects.get(pk=tenant_id)
        if tenant.state in (Tenant.State.READY, Tenant.State.SUSPENDED):
            return tenant
        try:
            _build(tenant, schema_sql(template, tenant.schema_name))
        except Exception as error:
            _note_state(tenant, Tenant.State.FAILED, failure=f"{type(error).__name__}: {error}"[:2000])
            logger.exception("provisioning_failed", schema=tenant.schema_name)
            raise ProvisioningFailed(tenant.schema_name) from error
        _note_state(tenant, Tenant.State.READY, failure="")
    logger.info("tenant_ready", schema=tenant.schema_name)
    return tenant


def discard_tenant(*, tenant: Tenant) -> None:
    """Drop the schema and forget the tenant: for trials (tests, tours), never for a real one."""
    connection.set_schema_to_public()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {quote_schema_name(tenant.schema_name)} CASCADE")
        Tenant.objects.filter(pk=tenant.pk).delete()
    forget_hosts()


def _build(tenant: Tenant, statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        # What an interrupted attempt left; a tenant that was ever open never comes here.
        cursor.execute(f"DROP SCHEMA IF EXISTS {quote_schema_name(tenant.schema_name)} CASCADE")
        cursor.execute(statements)
    with tenant_context(tenant), transaction.atomic():
        seed_tenant(tenant)


def _note_state(tenant: Tenant, state: Tenant.State, *, failure: str) -> None:
    connection.set_schema_to_public()
    tenant.state = state
    tenant.failure = failure
    tenant.save(update_fields=["state", "failure"])
    forget_hosts()


class _preparing:  # noqa: N801 - reads as a verb in `with`
    """Hold the advisory lock of one tenant; it goes with the connection if the process dies."""

    def __init__(self, tenant_id: int) -> None:
        self.key = [_LOCK_SPACE, tenant_id]

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", self.key)

    def __exit__(self, *_: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", self.key)

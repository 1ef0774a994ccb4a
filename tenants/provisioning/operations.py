"""What can be done with a tenant as a whole: make it ready, try again, throw a trial away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.core.management import call_command
from django.db import connection, transaction

from tenants.directory.hosts import forget_hosts
from tenants.directory.models import Domain, Tenant


def provision_tenant(
    *,
    slug: str,
    name: str,
    kind: str = Tenant.Kind.REGION,
    host: str,
    number_code: str,
    time_zone: str = "Europe/Paris",
    language: str = "fr",
    brand: Mapping[str, str] | None = None,
    is_demo: bool = False,
    sender_name: str = "",
    sender_email: str = "",
    region_code: str = "",
    departments: Sequence[str] = (),
) -> Tenant:
    """Create a tenant with its address, schema and first rows; it is ready when this returns."""
    with transaction.atomic():
        tenant = Tenant(
            slug=slug,
            schema_name=f"t_{slug.replace('-', '_')}",
            name=name,
            kind=kind,
            number_code=number_code,
            time_zone=time_zone,
            language=language,
            brand=dict(brand or {}),
            is_demo=is_demo,
            sender_name=sender_name,
            sender_email=sender_email,
            region_code=region_code,
            departments=list(departments),
        )
        tenant.full_clean()
        tenant.save()
        domain = Domain(tenant=tenant, domain=host, is_primary=True)
        domain.full_clean()
        domain.save()
    tenant.create_schema(check_if_exists=True, verbosity=0)
    tenant.state = Tenant.State.READY
    tenant.save(update_fields=["state"])
    forget_hosts()
    return tenant


def discard_tenant(*, tenant: Tenant) -> None:
    """Drop the schema and forget the tenant: for tests and tours only."""
    connection.set_schema_to_public()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f'DROP SCHEMA IF EXISTS "{tenant.schema_name}" CASCADE')
        Tenant.objects.filter(pk=tenant.pk).delete()
    forget_hosts()

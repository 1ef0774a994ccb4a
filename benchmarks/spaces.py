"""Spaces of the benchmarks' own: made by the product's own operations, dropped when the run ends."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import cache
from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection, transaction

from pepiniere.demonstration.accounts import AccountBook
from pepiniere.demonstration.provisioning.space import lay_out
from pepiniere.demonstration.source import DATA, tenant_rows
from services.catalogue.models import Service
from services.orders.operations.carts import add_to_cart, take_cart
from tenants.accounts.models import User
from tenants.directory.current import tenant_context
from tenants.directory.models import Tenant
from tenants.parties.queries import parties_of
from tenants.provisioning.operations import discard_tenant, provision_tenant
from tenants.reference.loading import load_reference
from tenants.reference.models import Commune

# The spaces of this run, so that two runs on one database do not meet.
RUN = f"bench-{secrets.token_hex(3)}"
_made: list[Tenant] = []


@dataclass(frozen=True)
class Space:
    """A tenant with a catalogue and one entrepreneur who has something in the cart."""

    tenant: Tenant
    host: str
    services: int
    session: str


@cache
def space_with(amount: str) -> Space:
    """The demonstration's catalogue of `one` service, of `some` (one region) or of `many` (all providers)."""
    rows = tenant_rows()
    row = dict(rows[0])
    if amount == "many":
        row["providers"] = sorted({slug for each in rows for slug in each["providers"]})
    connection.set_schema_to_public()
    if not Commune.objects.exists():
        load_reference(DATA)
    tenant = new_tenant(amount, departments=row["departments"], region_code=row["region_code"])
    host = f"{tenant.slug}.{settings.BASE_DOMAIN}"
    with tenant_context(tenant), transaction.atomic():
        lay_out(row, host=host, book=AccountBook(), space=tenant.slug)
        published = Service.objects.published()
        if amount == "one":
            kept = published.order_by("pk").first()
            assert kept is not None
            published.exclude(pk=kept.pk).update(state="paused")
        session = _signed_in(published.filter(price_kind="fixed").order_by("pk")[0])
        services = published.count()
    with tenant_context(tenant), connection.cursor() as cursor:
        # A catalogue that has been there for a while has statistics.
        cursor.execute("ANALYZE")
    return Space(tenant, host, services, session)


def new_tenant(name: str, *, number: int | None = None, **values: object) -> Tenant:
    """A ready tenant of this run, dropped at its end."""
    slug = f"{RUN}-{name}" if number is None else f"{RUN}-{name}-{number}"
    tenant = provision_tenant(
        slug=slug,
        name=slug,
        host=f"{slug}.{settings.BASE_DOMAIN}",
        number_code=_free_number_code(),
        is_demo=True,
        **values,
    )
    _made.append(tenant)
    return tenant


def discard(tenants: list[Tenant]) -> None:
    """Drop some spaces of this run before its end."""
    for tenant in tenants:
        _made.remove(tenant)
        discard_tenant(tenant=tenant)


def discard_all() -> None:
    """Drop every space of this run."""
    discard(list(_made))


def _free_number_code() -> str:
    connection.set_schema_to_public()
    taken = set(Tenant.objects.values_list("number_code", flat=True))
    while (code := secrets.token_hex(2).upper()) in taken:
        pass
    return code


def _signed_in(service: Service) -> str:
    """The session of an entrepreneur of the tenant with ``service`` in the cart."""
    user = User.objects.filter(memberships__party__roles__role="business").order_by("pk")[0]
    add_to_cart(cart=take_cart(user=user, party=parties_of(user)[0]), service=service)
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)

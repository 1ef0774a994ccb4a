"""One space of the demonstration from its directory row to its last service."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.conf import settings
from django.db import connection, transaction

from billing.invoicing.operations import accept_mandate
from pepiniere.demonstration.accounts import AccountBook
from pepiniere.demonstration.provisioning.catalogue import (
    ensure_categories,
    ensure_profile,
    ensure_services,
)
from pepiniere.demonstration.provisioning.money import connect_gateway, open_payout_accounts
from pepiniere.demonstration.provisioning.parties import (
    ensure_business,
    ensure_operator,
    ensure_provider,
)
from pepiniere.demonstration.provisioning.people import ensure_user
from pepiniere.demonstration.provisioning.rules import (
    ensure_calendar,
    ensure_commission_rules,
    ensure_programmes,
)
from pepiniere.demonstration.roles import ENTREPRENEUR, IN_CREATION, PROVIDER
from pepiniere.demonstration.source import Row, people_of, provider_owner, provider_row
from tenants.directory.current import tenant_context
from tenants.directory.models import Tenant
from tenants.parties.models import Party
from tenants.provisioning.operations import make_ready, provision_tenant

Say = Callable[[str], None]


def host_of(row: Row) -> str:
    """The host name of a space of the data."""
    return f"{row['host_prefix']}.{settings.BASE_DOMAIN}"


def provision_space(row: Row, *, book: AccountBook, say: Say) -> Tenant:
    """Make a space or complete it; whatever stands is left alone. Must not run inside a transaction."""
    tenant = _tenant(row)
    say(f"{tenant.name}: schema ready")
    with tenant_context(tenant):
        with transaction.atomic():
            providers = lay_out(row, host=host_of(row), book=book, space=tenant.slug)
        say(f"{tenant.name}: {len(providers)} providers and their services")
        connect_gateway()
        open_payout_accounts(providers.values())
        say(f"{tenant.name}: accounts at the sandbox")
    connection.set_schema_to_public()
    return tenant


def _tenant(row: Row) -> Tenant:
    connection.set_schema_to_public()
    known = Tenant.objects.filter(slug=row["slug"]).first()
    if known is not None:
        return known if known.state == Tenant.State.READY else make_ready(tenant_id=known.pk)
    brand = {key: row["brand"][key].lower() for key in ("primary", "accent")}
    return provision_tenant(
        slug=row["slug"],
        name=row["name"],
        kind=row["kind"],
        host=host_of(row),
        number_code=people_of(str(row.get("people", row["slug"])))["number_code"],
        time_zone=row["calendar"]["timezone"],
        language=row["locale"][:2],
        brand=brand,
        is_demo=True,
        sender_name=row["name"],
        sender_email=row["operator"]["email"],
        region_code=row["region_code"],
        departments=row["departments"],
    )


def lay_out(row: Row, *, host: str, book: AccountBook, space: str) -> Mapping[str, Party]:
    """Everything of a space that lives in its own tables; its providers by slug. Runs in the tenant.

    ``space`` is the slug under which the accounts are kept.
    """
    ensure_calendar(row)
    operator = ensure_operator(row["operator"])
    people = people_of(str(row.get("people", row["slug"])))
    for business in people["businesses"]:
        role = ENTREPRENEUR if business["state"] == "active" else IN_CREATION
        account = book.account(space=space, host=host, role=role, party=business["name"], **business["owner"])
        ensure_business(business, ensure_user(account))
    categories = ensure_categories()
    providers: dict[str, Party] = {}
    for slug in row["providers"]:
        provider = provider_row(slug)
        account = book.account(
            space=space,
            host=host,
            role=PROVIDER,
            email=provider["email"],
            full_name=provider_owner(slug),
            party=provider["name"],
        )
        owner = ensure_user(account)
        party = ensure_provider(provider, owner)
        ensure_profile(party, provider)
        accept_mandate(party=party, user=owner)
        ensure_services(party, provider, categories=categories, departments=row["departments"])
        providers[slug] = party
    for role, person in people["staff"].items():
        account = book.account(space=space, host=host, role=role, party=operator.display_name, **person)
        ensure_user(account, staff_role=role)
    ensure_commission_rules(row, providers)
    ensure_programmes(row)
    return providers

"""A provider writes: a new service, one page of it after the other, the next version of a published one."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from services.catalogue.contents import write_contents, written_of
from services.catalogue.errors import ServiceNotWritable
from services.catalogue.fields import FIELDS, value_of
from services.catalogue.inputs import ServiceInput
from services.catalogue.models import Category, PriceKind, Service, ServiceRemark, ServiceState

if TYPE_CHECKING:
    from tenants.parties.models import Party

LONGEST_SLUG = 140


@transaction.atomic
def start_service(*, provider: Party, category: Category, **presentation: str) -> Service:
    """A draft with its first page; ``presentation`` are the texts of it. Nothing else is made up."""
    written = ServiceInput(
        **{"summary": "", "description": "", **presentation},  # type: ignore[arg-type]
        price_kind=PriceKind.FIXED,
        unit="",
        unit_price=None,
        lead_time_days=0,
        cancellation_terms="",
    )
    service = Service(slug=_free_slug(written.name), provider=provider)
    write_contents(service, category, written)
    return service


@transaction.atomic
def write_on_service(*, service_id: int, category: Category | None = None, **changes: Any) -> Service:
    """Change some fields of a draft, named as in ``ServiceInput``; the others stay.

    Open remarks on a field that changes are settled. Raises ServiceNotWritable.
    """
    service = Service.objects.select_for_update(of=("self",)).get(pk=service_id)
    if service.state != ServiceState.DRAFT:
        raise ServiceNotWritable(state=service.get_state_display())
    before = written_of(service)
    was = {name: value_of(service, before, name) for name in FIELDS}
    write_contents(service, category or service.category, replace(before, **changes))
    after = written_of(service)
    changed = [name for name, value in was.items() if value_of(service, after, name) != value]
    ServiceRemark.objects.filter(service=service, field__in=changed, settled_at=None).update(
        settled_at=timezone.now()
    )
    return service


@transaction.atomic
def start_version(*, service_id: int) -> Service:
    """The open next version of a published or paused service, made of its contents when there is none.

    Raises ServiceNotWritable for a service in any other state.
    """
    service = Service.objects.select_for_update(of=("self",)).get(pk=service_id)
    if service.state not in (ServiceState.PUBLISHED, ServiceState.PAUSED):
        raise ServiceNotWritable(state=service.get_state_display())
    found = open_version(service)
    if found is not None:
        return found
    version = Service(
        slug=_free_slug(f"{service.slug} v{service.versions.count() + 2}"),
        provider=service.provider,
        blueprint_slug=service.blueprint_slug,
        revises=service,
    )
    write_contents(version, service.category, written_of(service))
    return version


def open_version(service: Service) -> Service | None:
    """The version of a service that is being written or reviewed."""
    return service.versions.filter(state__in=[ServiceState.DRAFT, ServiceState.REVIEW]).first()


def euros_to_cents(euros: Decimal | None) -> int | None:
    """Whole cents of an amount with at most two decimals."""
    return None if euros is None else int(euros * 100)


def _free_slug(name: str) -> str:
    wanted = slugify(name)[:LONGEST_SLUG].strip("-") or "service"
    taken = set(Service.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    if wanted not in taken and wanted != "nouveau":
        return wanted
    number = 2
    while f"{wanted}-{number}" in taken:
        number += 1
    return f"{wanted}-{number}"

"""What can be done with the catalogue: write a service, move it through its life, approve a provider."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from services.catalogue.completeness import missing_parts
from services.catalogue.contents import write_contents, written_of
from services.catalogue.errors import ServiceIncomplete, ServicePausedByOperator
from services.catalogue.finding.facets import forget_facets
from services.catalogue.finding.vocabulary import plan_refresh
from services.catalogue.inputs import MilestoneInput, OptionInput, ServiceInput
from services.catalogue.lifecycle import OPERATOR, SERVICE
from services.catalogue.models import (
    Category,
    ProviderProfile,
    Service,
    ServiceLogEntry,
    ServiceState,
)
from services.catalogue.notices import tell_provider
from services.catalogue.queries import paused_by_provider
from services.catalogue.rubrics import forget_categories
from tenants.parties.models import Party

if TYPE_CHECKING:
    from tenants.accounts.models import User

__all__ = ["MilestoneInput", "OptionInput", "ServiceInput", "missing_parts"]


@transaction.atomic
def create_category(
    *,
    slug: str,
    name: str,
    name_en: str = "",
    parent: Category | None = None,
    position: int = 0,
    icon: str = "",
) -> Category:
    """Add a rubric to the tenant's tree."""
    transaction.on_commit(forget_categories)
    return Category.objects.create(
        slug=slug, name=name, name_en=name_en, parent=parent, position=position, icon=icon
    )


@transaction.atomic
def create_provider_profile(
    *, party: Party, slug: str, about: str = "", about_en: str = "", working_radius_km: int | None = None
) -> ProviderProfile:
    """Give a provider its public page."""
    return ProviderProfile.objects.create(
        party=party, slug=slug, about=about, about_en=about_en, working_radius_km=working_radius_km
    )


@transaction.atomic
def draft_service(
    *, provider: Party, category: Category, written: ServiceInput, slug: str, blueprint_slug: str = ""
) -> Service:
    """Store a new service as a draft, with its options, milestones and first intake form."""
    service = Service(slug=slug, provider=provider, blueprint_slug=blueprint_slug)
    write_contents(service, category, written)
    return service


@transaction.atomic
def submit_service(*, service_id: int, actor: User | None, role: str) -> Service:
    """Hand a draft to the operator. Raises TransitionRefused, ServiceIncomplete."""
    service = _locked(service_id)
    SERVICE.check(service, "submit", role)
    _require_complete(service)
    return _apply(service, "submit", role, actor)


@transaction.atomic
def withdraw_service(*, service_id: int, actor: User | None, role: str) -> Service:
    """Take a service back from the operator to write on. Raises TransitionRefused."""
    return _move(service_id, "withdraw", role, actor)


@transaction.atomic
def publish_service(*, service_id: int, actor: User | None) -> Service:
    """Show a service in the shop; of a next version, put its contents in the place of the published ones.

    Raises TransitionRefused, ServiceIncomplete.
    """
    service = _locked(service_id)
    if service.revises_id is not None:
        return _publish_version(service, service.revises_id, actor)
    SERVICE.check(service, "publish", OPERATOR)
    _require_complete(service)
    service.published_at = timezone.now()
    return _apply(service, "publish", OPERATOR, actor)


@transaction.atomic
def send_back_service(*, service_id: int, actor: User | None, note: str) -> Service:
    """Return a service to its provider with a remark. Raises TransitionRefused."""
    return _move(service_id, "send_back", OPERATOR, actor, note)


@transaction.atomic
def pause_service(*, service_id: int, actor: User | None, role: str, note: str = "") -> Service:
    """Take a service out of the shop; running orders go on. Raises TransitionRefused."""
    return _move(service_id, "pause", role, actor, note)


@transaction.atomic
def resume_service(*, service_id: int, actor: User | None, role: str) -> Service:
    """Put back on sale what its provider had paused.

    Raises TransitionRefused, ServicePausedByOperator, ServiceIncomplete.
    """
    service = _locked(service_id)
    SERVICE.check(service, "resume", role)
    if not paused_by_provider(service):
        raise ServicePausedByOperator(name=service.name)
    _require_complete(service)
    return _apply(service, "resume", role, actor)


@transaction.atomic
def archive_service(*, service_id: int, actor: User | None, role: str, note: str = "") -> Service:
    """Take a service out for good. Raises TransitionRefused."""
    return _move(service_id, "archive", role, actor, note)


def _require_complete(service: Service) -> None:
    missing = missing_parts(service)
    if missing:
        raise ServiceIncomplete(name=service.name, missing=", ".join(missing))


def _publish_version(version: Service, shown_id: int, actor: User | None) -> Service:
    """Swap the contents of a version and of what it revises; the version keeps the old ones, archived."""
    SERVICE.check(version, "supersede", OPERATOR)
    _require_complete(version)
    shown = _locked(shown_id)
    name = "renew" if shown.state == ServiceState.PUBLISHED else "publish"
    SERVICE.check(shown, name, OPERATOR)
    before, after = (shown.category, written_of(shown)), (version.category, written_of(version))
    shown.published_at = timezone.now()
    write_contents(shown, *after)
    _apply(shown, name, OPERATOR, actor)
    _apply(version, "supersede", OPERATOR, actor)
    write_contents(version, *before)
    return shown


def _move(service_id: int, name: str, role: str, actor: User | None, note: str = "") -> Service:
    return _apply(_locked(service_id), name, role, actor, note)


def _locked(service_id: int) -> Service:
    return Service.objects.select_for_update(of=("self",)).get(pk=service_id)


def _apply(service: Service, name: str, role: str, actor: User | None, note: str = "") -> Service:
    change = SERVICE.apply(service, name, role)
    service.save(update_fields=["state", "published_at", "updated_at"])
    if ServiceState.PUBLISHED in (change.source, change.target):
        plan_refresh()
        transaction.on_commit(forget_facets)
    entry = ServiceLogEntry.objects.create(
        service=service,
        actor=actor,
        role=role,
        transition=change.name,
        from_state=change.source,
        to_state=change.target,
        note=note,
    )
    tell_provider(entry)
    return service

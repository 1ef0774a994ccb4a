"""What can be done with the catalogue: write a service, move it through its life, approve a provider."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from billing.charges.inputs import VatKind
from services.catalogue.errors import ServiceIncomplete
from services.catalogue.finding.facets import forget_facets
from services.catalogue.finding.vocabulary import plan_refresh
from services.catalogue.finding.words import search_text
from services.catalogue.lifecycle import OPERATOR, SERVICE
from services.catalogue.models import (
    Category,
    IntakeForm,
    PriceKind,
    ProviderProfile,
    Service,
    ServiceLogEntry,
    ServiceMilestone,
    ServiceOption,
    ServiceState,
)
from services.catalogue.rubrics import forget_categories
from tenants.parties.models import Party
from tenants.reference.names import fold_name

if TYPE_CHECKING:
    from tenants.accounts.models import User


@dataclass(frozen=True)
class OptionInput:
    """An option of a service; the price is in euros excluding VAT."""

    key: str
    label: str
    unit_price: Decimal
    label_en: str = ""
    per_unit: bool = False
    vat_kind: str = VatKind.STANDARD
    vat_exemption_reason: str = ""


@dataclass(frozen=True)
class MilestoneInput:
    """A milestone of a service; the shares of all sum to 100."""

    label: str
    share_percent: int
    label_en: str = ""


@dataclass(frozen=True)
class ServiceInput:
    """All that a provider writes about a service; prices in euros excl. VAT, lead time in working days."""

    name: str
    summary: str
    description: str
    price_kind: str
    unit: str
    unit_price: Decimal | None
    lead_time_days: int
    cancellation_terms: str
    name_en: str = ""
    summary_en: str = ""
    description_en: str = ""
    indicative_min_cents: int | None = None
    indicative_max_cents: int | None = None
    vat_kind: str = VatKind.STANDARD
    vat_exemption_reason: str = ""
    rounds_of_changes: int = 0
    deliverables: Sequence[str] = ()
    departments: Sequence[str] = ()
    options: Sequence[OptionInput] = ()
    milestones: Sequence[MilestoneInput] = ()
    questions: Sequence[Mapping[str, Any]] = field(default=())


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
    service = Service.objects.create(
        slug=slug,
        provider=provider,
        blueprint_slug=blueprint_slug,
        category=category,
        name=written.name,
        name_en=written.name_en,
        summary=written.summary,
        summary_en=written.summary_en,
        description=written.description,
        description_en=written.description_en,
        price_kind=written.price_kind,
        unit=written.unit,
        unit_price=written.unit_price,
        indicative_min_cents=written.indicative_min_cents,
        indicative_max_cents=written.indicative_max_cents,
        vat_kind=written.vat_kind,
        vat_exemption_reason=written.vat_exemption_reason,
        lead_time_days=written.lead_time_days,
        rounds_of_changes=written.rounds_of_changes,
        deliverables=list(written.deliverables),
        cancellation_terms=written.cancellation_terms,
        departments=list(written.departments),
        sort_key=fold_name(written.name)[:160],
        search_key=_search_key(category, written),
        search_text=_search_text(provider, written),
    )
    ServiceOption.objects.bulk_create(
        ServiceOption(
            service=service,
            position=position,
            key=option.key,
            label=option.label,
            label_en=option.label_en,
            unit_price=option.unit_price,
            per_unit=option.per_unit,
            vat_kind=option.vat_kind,
            vat_exemption_reason=option.vat_exemption_reason,
        )
        for position, option in enumerate(written.options, start=1)
    )
    ServiceMilestone.objects.bulk_create(
        ServiceMilestone(
            service=service,
            position=position,
            label=part.label,
            label_en=part.label_en,
            share_percent=part.share_percent,
        )
        for position, part in enumerate(written.milestones, start=1)
    )
    if written.questions:
        IntakeForm.objects.create(service=service, version=1, fields=[dict(q) for q in written.questions])
    return service


@transaction.atomic
def submit_service(*, service_id: int, actor: User | None, role: str) -> Service:
    """Hand a draft to the operator. Raises TransitionRefused."""
    return _move(service_id, "submit", role, actor)


@transaction.atomic
def publish_service(*, service_id: int, actor: User | None) -> Service:
    """Show a service in the shop. Raises TransitionRefused, ServiceIncomplete."""
    service = _locked(service_id)
    SERVICE.check(service, "publish", OPERATOR)
    missing = missing_parts(service)
    if missing:
        raise ServiceIncomplete(name=service.name, missing=", ".join(missing))
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
def archive_service(*, service_id: int, actor: User | None, role: str, note: str = "") -> Service:
    """Take a service out for good. Raises TransitionRefused."""
    return _move(service_id, "archive", role, actor, note)


def missing_parts(service: Service) -> list[str]:
    """What buyers need and the service lacks, as words of the active language."""
    shares = [part.share_percent for part in service.milestones.all()]
    found = {
        _("le résumé"): bool(service.summary.strip()),
        _("la description"): bool(service.description.strip()),
        _("le prix"): service.price_kind == PriceKind.QUOTE or service.unit_price is not None,
        _("les livrables"): bool(service.deliverables),
        _("les conditions d’annulation"): bool(service.cancellation_terms.strip()),
        _("des étapes dont les parts font 100 %"): not shares or sum(shares) == 100,
    }
    return [what for what, there in found.items() if not there]


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
    ServiceLogEntry.objects.create(
        service=service,
        actor=actor,
        transition=change.name,
        from_state=change.source,
        to_state=change.target,
        note=note,
    )
    return service


def _search_key(category: Category, written: ServiceInput) -> str:
    """What says in few words what it is."""
    return search_text(
        [
            written.summary,
            category.name,
            category.parent.name if category.parent else "",
            *written.deliverables,
        ]
    )


def _search_text(provider: Party, written: ServiceInput) -> str:
    """Everything else."""
    labels = [option.label for option in written.options]
    return search_text([provider.display_name, *labels, written.description])

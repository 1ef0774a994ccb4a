"""What can be asked of the catalogue beside its lists for visitors; each has a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Case, Count, IntegerField, QuerySet, When

from services.catalogue.models import ProviderProfile, Service, ServiceState
from tenants.parties.models import PartyRole


def get_service(slug: str) -> Service | None:
    """A service that the shop shows, with all that its page and its offer need; None when there is none."""
    return _whole_services().filter(slug=slug).first()


def get_services(slugs: Sequence[str]) -> list[Service]:
    """Services that the shop shows, as whole as `get_service` gives them, in the order asked for."""
    found = {service.slug: service for service in _whole_services().filter(slug__in=slugs)} if slugs else {}
    return [found[slug] for slug in slugs if slug in found]


def withdrawn_names(slugs: Sequence[str]) -> list[str]:
    """Names of services that the shop showed once and no longer shows; drafts stay their provider's."""
    once = Service.objects.filter(
        slug__in=slugs, published_at__isnull=False, state__in=(ServiceState.PAUSED, ServiceState.ARCHIVED)
    )
    return list(once.order_by("sort_key", "id").values_list("name", flat=True))


def _whole_services() -> QuerySet[Service]:
    return (
        Service.objects.published()
        .select_related("category__parent", "provider__provider_profile")
        .prefetch_related(
            "options", "milestones", "intake_forms", "provider__vat_regime_periods", "provider__roles"
        )
    )


def services_of(party_id: int) -> QuerySet[Service]:
    """A provider's own services in every state, the ones in work first; one statement."""
    return (
        Service.objects.of_provider(party_id)
        .select_related("category")
        .annotate(rank=_STATE_RANK)
        .order_by("rank", "sort_key", "id")
    )


def services_for_review(state: str = "") -> QuerySet[Service]:
    """Services for the operator's list, those that wait first, the oldest of them first; one statement."""
    services = Service.objects.select_related("category", "provider")
    if state:
        services = services.filter(state=state)
    return services.annotate(rank=_STATE_RANK).order_by("rank", "updated_at", "id")


def count_by_state() -> dict[str, int]:
    """How many services there are in each state; one statement."""
    rows = Service.objects.values_list("state").annotate(count=Count("pk")).order_by()
    return dict(rows)


_STATE_RANK = Case(
    When(state="review", then=0),
    When(state="draft", then=1),
    When(state="published", then=2),
    When(state="paused", then=3),
    default=4,
    output_field=IntegerField(),
)


def get_provider_profile(slug: str) -> ProviderProfile | None:
    """The public page of a provider who is active; None for any other."""
    return (
        ProviderProfile.objects.select_related("party")
        .filter(slug=slug, party__roles__role="provider", party__roles__state="active")
        .first()
    )


def providers_for_review() -> QuerySet[PartyRole]:
    """Providers for the operator's list, those who wait first; one statement with their services counted."""
    pending = Case(When(state="pending", then=0), default=1, output_field=IntegerField())
    return (
        PartyRole.objects.filter(role="provider")
        .select_related("party__provider_profile")
        .annotate(rank=pending, service_count=Count("party__services"))
        .order_by("rank", "party__legal_name", "pk")
    )

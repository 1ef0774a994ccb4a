"""What can be asked of the catalogue beside its lists for visitors; each has a fixed number of statements."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import (
    Case,
    Count,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from services.catalogue.lifecycle import PROVIDER
from services.catalogue.models import ProviderProfile, Service, ServiceRemark, ServiceState
from tenants.parties.models import PartyRole
from tenants.reference.names import fold_name


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
            "options",
            "milestones",
            "intake_forms",
            "pictures",
            "provider__vat_regime_periods",
            "provider__roles",
        )
    )


def services_of(party_id: int, words: str = "") -> QuerySet[Service]:
    """A provider's own services in every state, the ones in work first; two statements.

    Each knows its open next version (``open_versions``, a list) and how many remarks wait, its own or those
    on that version (``remark_count``). ``words`` are looked for in the names.
    """
    services = Service.objects.of_provider(party_id).listed()
    for word in fold_name(words).split()[:6]:
        services = services.filter(sort_key__contains=word)
    waiting = Q(service=OuterRef("pk")) | Q(service__revises=OuterRef("pk"))
    remarks = (
        ServiceRemark.objects.filter(waiting, settled_at=None, service__state="draft")
        .order_by()
        .annotate(one=Value(1))
        .values("one")
        .annotate(count=Count("pk"))
        .values("count")
    )
    versions = Service.objects.filter(state__in=["draft", "review"])
    return (
        services.select_related("category")
        .prefetch_related(Prefetch("versions", queryset=versions, to_attr="open_versions"))
        .annotate(rank=_STATE_RANK, remark_count=Coalesce(Subquery(remarks), 0))
        .order_by("rank", "sort_key", "id")
    )


def services_for_review(state: str = "") -> QuerySet[Service]:
    """Services for the operator's list, those that wait first, the oldest of them first; one statement."""
    # Versions that were published or given up are history.
    services = Service.objects.exclude(revises__isnull=False, state="archived")
    services = services.select_related("category", "provider")
    if state:
        services = services.filter(state=state)
    return services.annotate(rank=_STATE_RANK).order_by("rank", "updated_at", "id")


def count_by_state() -> dict[str, int]:
    """How many services there are in each state; one statement."""
    listed = Service.objects.exclude(revises__isnull=False, state="archived")
    rows = listed.values_list("state").annotate(count=Count("pk")).order_by()
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


def paused_by_provider(service: Service) -> bool:
    """Whether the last pause of a paused service was its provider's own; one statement."""
    last = service.log.filter(transition="pause").values_list("role", flat=True).first()
    return service.state == ServiceState.PAUSED and last == PROVIDER

"""Reviews of services: what pages show, and the average that lists and filters go by."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Avg, Case, Count, QuerySet, When

from services.catalogue.finding.facets import forget_facets
from services.catalogue.models import Service, ServiceReview


def shown_reviews(service: Service) -> QuerySet[ServiceReview]:
    """The reviews that everybody sees, the latest first; one statement."""
    return service.reviews.filter(hidden_at=None).select_related("buyer").order_by("-written_at", "-id")


def reviews_of_provider(party_id: int) -> QuerySet[ServiceReview]:
    """The shown reviews of a provider's services, those without an answer first; one statement."""
    return (
        ServiceReview.objects.filter(service__provider=party_id, hidden_at=None)
        .select_related("buyer", "service")
        .order_by(Case(When(answered_at=None, then=0), default=1), "-written_at", "-id")
    )


def all_reviews() -> QuerySet[ServiceReview]:
    """Every review, hidden ones with them, the latest first; one statement."""
    return ServiceReview.objects.select_related("buyer", "service__provider").order_by("-written_at", "-id")


def reviews_of_lines(keys: list[str]) -> dict[str, ServiceReview]:
    """Reviews by the key of their line; one statement."""
    return {one.line_key: one for one in ServiceReview.objects.filter(line_key__in=keys)}


@transaction.atomic
def count_ratings(*, service_id: int) -> Service:
    """Store number and average of the shown reviews of a service, under the lock of its row."""
    service = Service.objects.select_for_update(of=("self",)).get(pk=service_id)
    figures = service.reviews.filter(hidden_at=None).aggregate(count=Count("pk"), average=Avg("rating"))
    service.review_count = figures["count"]
    average = figures["average"]
    # Rounded half up, as it is shown.
    service.rating_hundredths = None if average is None else int(average * 100 + type(average)(1) / 2)
    # Nobody wrote on the service: its day of change stays.
    Service.objects.filter(pk=service.pk).update(
        review_count=service.review_count, rating_hundredths=service.rating_hundredths
    )
    transaction.on_commit(forget_facets)
    return service

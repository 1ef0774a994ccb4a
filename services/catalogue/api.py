"""The catalogue for programs: the same published services and filters as the shop's pages."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import path
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.generics import ListAPIView, RetrieveAPIView
from rest_framework.permissions import AllowAny

from kernel.api.pagination import KeyPagination
from services.catalogue.filters import LEAD_TIMES, PRICE_KINDS, RATINGS, ServiceFilters
from services.catalogue.finding.listing import published_for_programs
from services.catalogue.models import Service, ServiceMilestone, ServiceOption, ServiceReview
from services.catalogue.pictures import shown_pictures
from services.catalogue.queries import get_service
from services.catalogue.reviews import shown_reviews
from services.catalogue.web.entrepreneur import today
from services.catalogue.web.shown_pictures import picture_sources


class ProviderField(serializers.Serializer[Any]):
    """Who offers a service."""

    name = serializers.CharField(source="display_name")
    slug = serializers.CharField(
        source="provider_profile.slug", allow_null=True, help_text="Null while it has no public page."
    )
    siren = serializers.CharField()
    town = serializers.CharField()


class ServiceRow(serializers.ModelSerializer[Service]):
    """A service in lists; prices in euros excluding VAT."""

    category = serializers.SlugRelatedField[Any](slug_field="slug", read_only=True)
    provider = ProviderField(read_only=True)

    class Meta:
        model = Service
        fields: tuple[str, ...] = (
            "slug",
            "name",
            "name_en",
            "summary",
            "summary_en",
            "category",
            "provider",
            "price_kind",
            "unit",
            "unit_price",
            "indicative_min_cents",
            "indicative_max_cents",
            "vat_kind",
            "lead_time_days",
            "departments",
            "review_count",
            "rating_hundredths",
            "updated_at",
        )
        read_only_fields = fields


class OptionRow(serializers.ModelSerializer[ServiceOption]):
    """What may be added to a service."""

    class Meta:
        model = ServiceOption
        fields = ("key", "label", "label_en", "unit_price", "per_unit", "vat_kind", "vat_exemption_reason")
        read_only_fields = fields


class MilestoneRow(serializers.ModelSerializer[ServiceMilestone]):
    """A part of a service and its share of the price."""

    class Meta:
        model = ServiceMilestone
        fields = ("position", "label", "label_en", "share_percent")
        read_only_fields = fields


class PictureFileRow(serializers.Serializer[Any]):
    """One drawing of a picture, in WebP."""

    width = serializers.IntegerField(help_text="In pixels.")
    path = serializers.CharField(help_text="On the tenant's own host; never changes its content.")


class PictureRow(serializers.Serializer[Any]):
    """A picture of a service; the size in pixels is that of its largest drawing."""

    alt = serializers.CharField(help_text="What is to be seen.")
    alt_en = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    files = PictureFileRow(many=True)


class ServiceDetail(ServiceRow):
    """All that the page of a service says."""

    options = OptionRow(many=True, read_only=True)
    milestones = MilestoneRow(many=True, read_only=True)
    deliverables = serializers.ListField(child=serializers.CharField(), read_only=True)
    questions = serializers.SerializerMethodField()
    pictures = serializers.SerializerMethodField()

    class Meta(ServiceRow.Meta):
        fields = (
            *ServiceRow.Meta.fields,
            "description",
            "vat_exemption_reason",
            "rounds_of_changes",
            "deliverables",
            "cancellation_terms",
            "options",
            "milestones",
            "questions",
            "pictures",
        )
        read_only_fields = fields

    def get_questions(self, service: Service) -> list[dict[str, Any]]:
        """The current intake form."""
        forms = list(service.intake_forms.all())
        return list(forms[0].fields) if forms else []

    @extend_schema_field(PictureRow(many=True))
    def get_pictures(self, service: Service) -> list[dict[str, Any]]:
        """The pictures that are ready, in their order."""
        return [
            {
                "alt": one.alt,
                "alt_en": one.alt_en,
                "width": one.picture.width,
                "height": one.picture.height,
                "files": [{"width": wide, "path": url} for wide, url in picture_sources(one.picture.stem)],
            }
            for one in shown_pictures(service)
            if one.picture.stem
        ]


class ServicePages(KeyPagination):
    """In the order of names."""

    ordering = ("sort_key", "id")


@extend_schema(
    parameters=[
        OpenApiParameter("q", str, description="Words of the name, the summary or the provider."),
        OpenApiParameter("rubrique", str, description="Slug of a rubric; its children count too."),
        OpenApiParameter("departement", str, description="INSEE code of a department that is served."),
        OpenApiParameter("prix", str, enum=list(PRICE_KINDS), description="How the price is said."),
        OpenApiParameter("delai", int, enum=list(LEAD_TIMES), description="Working days at most."),
        OpenApiParameter("note", int, enum=list(RATINGS), description="Average rating at least."),
        OpenApiParameter("aide", str, enum=["oui"], description="Only what a programme may help with."),
    ]
)
class ServiceListView(ListAPIView[Service]):
    """Published services."""

    permission_classes = (AllowAny,)
    serializer_class = ServiceRow
    pagination_class = ServicePages

    def get_queryset(self) -> QuerySet[Service]:
        """What the filters of the address leave."""
        return published_for_programs(ServiceFilters.from_query(self.request.GET), on=today())


class ServiceDetailView(RetrieveAPIView[Service]):
    """One published service."""

    permission_classes = (AllowAny,)
    serializer_class = ServiceDetail
    queryset = Service.objects.none()

    @extend_schema(parameters=[OpenApiParameter("slug", OpenApiTypes.STR, OpenApiParameter.PATH)])
    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """The service of this slug."""
        return self.retrieve(request, *args, **kwargs)

    def get_object(self) -> Service:
        """The published service, or 404."""
        found = get_service(self.kwargs["slug"])
        if found is None:
            raise Http404
        return found


class ReviewRow(serializers.ModelSerializer[ServiceReview]):
    """A review by somebody who ordered the service, with its provider's answer."""

    id = serializers.UUIDField(source="public_id", read_only=True)
    buyer = serializers.CharField(source="buyer_name", read_only=True)

    class Meta:
        model = ServiceReview
        fields = ("id", "buyer", "rating", "text", "written_at", "changed_at", "answer", "answered_at")
        read_only_fields = fields


class ReviewPages(KeyPagination):
    """The latest first."""

    ordering = ("-written_at", "-id")


class ReviewListView(ListAPIView[ServiceReview]):
    """The reviews of a published service that are shown."""

    permission_classes = (AllowAny,)
    serializer_class = ReviewRow
    pagination_class = ReviewPages
    queryset = ServiceReview.objects.none()

    @extend_schema(parameters=[OpenApiParameter("slug", OpenApiTypes.STR, OpenApiParameter.PATH)])
    def get(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """The reviews of the service of this slug, the latest first."""
        return self.list(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[ServiceReview]:
        """Of a service that the shop shows, or 404."""
        found = Service.objects.published().filter(slug=self.kwargs["slug"]).first()
        if found is None:
            raise Http404
        return shown_reviews(found)


urlpatterns = [
    path("services/", ServiceListView.as_view(), name="services"),
    path("services/<slug:slug>/", ServiceDetailView.as_view(), name="service"),
    path("services/<slug:slug>/reviews/", ReviewListView.as_view(), name="service_reviews"),
]

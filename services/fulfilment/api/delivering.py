"""Handing over: deliverables are attached one by one, delivered together, and read by both sides."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from services.fulfilment.access import get_deliverable_for
from services.fulfilment.api.reading import line_response
from services.fulfilment.api.shapes import LineDetail
from services.fulfilment.operations.deliver import attach_deliverable, deliver_milestone
from services.fulfilment.web.files import attachment_of
from services.orders.access import get_line_for
from services.orders.api.shapes import DeliverableDetail


class NewDeliverable(serializers.Serializer[Any]):
    """A file (as multipart/form-data) or a link."""

    file = serializers.FileField(required=False, allow_empty_file=True)
    link = serializers.URLField(max_length=500, required=False)
    title = serializers.CharField(max_length=120, allow_blank=True, default="")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of the two."""
        if ("file" in attrs) == ("link" in attrs):
            raise serializers.ValidationError(_("Joignez un fichier ou un lien, l’un des deux."))
        return attrs


class Deliver(serializers.Serializer[Any]):
    """A word to the buyer."""

    note = serializers.CharField(max_length=2000, allow_blank=True, default="")


class DeliverablesView(APIView):
    """What is prepared for the milestone that is worked on."""

    parser_classes = (MultiPartParser, JSONParser)

    @extend_schema(
        operation_id="lines_attach",
        request={"multipart/form-data": NewDeliverable, "application/json": NewDeliverable},
        responses={201: DeliverableDetail},
    )
    def post(self, request: Request, key: str) -> Response:
        """Attach a file or a link; the buyer sees it once it is delivered."""
        line = get_line_for(request.user, key)
        asked = NewDeliverable(data=request.data)
        asked.is_valid(raise_exception=True)
        deliverable = attach_deliverable(key=line.key, actor=request.user, **asked.validated_data)
        return Response(DeliverableDetail(deliverable, context={"request": request}).data, status=201)


class DeliverView(APIView):
    """Handing over what is prepared."""

    @extend_schema(operation_id="lines_deliver", request=Deliver, responses=LineDetail)
    def post(self, request: Request, key: str) -> Response:
        """Deliver all that is attached; the buyer approves it or asks for changes."""
        line = get_line_for(request.user, key)
        asked = Deliver(data=request.data)
        asked.is_valid(raise_exception=True)
        deliver_milestone(key=line.key, actor=request.user, note=asked.validated_data["note"])
        return line_response(request, key)


class DeliverableContentView(APIView):
    """The bytes of a deliverable."""

    @extend_schema(
        operation_id="deliverables_content",
        responses={(200, "application/octet-stream"): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, public_id: UUID) -> HttpResponseBase:
        """The file in its own media type, for its provider, for its buyer once delivered; a link is 404."""
        answer = attachment_of(get_deliverable_for(request.user, public_id))
        if answer is None:
            raise Http404
        return answer

"""The buyer's review of a delivery."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from services.fulfilment.operations.review import approve_milestone, request_changes
from services.orders.access import get_bought_line_for
from services.orders.api.reading import order_response
from services.orders.api.shapes import OrderDetail


class Approve(serializers.Serializer[Any]):
    """Which delivery; naming it keeps a late second call from approving the next milestone."""

    milestone = serializers.CharField(max_length=40, help_text="`key` of the delivered milestone.")


class RequestChanges(Approve):
    """What must change; the provider reads it."""

    reason = serializers.CharField(max_length=4000)


class ApproveView(APIView):
    """Approving a delivery."""

    @extend_schema(operation_id="orders_approve", request=Approve, responses=OrderDetail)
    def post(self, request: Request, number: str, position: int) -> Response:
        """Approve it: the provider is paid, the invoice is issued, the next milestone begins."""
        line = get_bought_line_for(request.user, number, position)
        asked = Approve(data=request.data)
        asked.is_valid(raise_exception=True)
        approve_milestone(key=line.key, actor=request.user, milestone_key=asked.validated_data["milestone"])
        return order_response(request, number)


class RequestChangesView(APIView):
    """Sending a delivery back."""

    @extend_schema(operation_id="orders_request_changes", request=RequestChanges, responses=OrderDetail)
    def post(self, request: Request, number: str, position: int) -> Response:
        """Say what must change, within the rounds of the offer."""
        line = get_bought_line_for(request.user, number, position)
        asked = RequestChanges(data=request.data)
        asked.is_valid(raise_exception=True)
        request_changes(
            key=line.key,
            actor=request.user,
            reason=asked.validated_data["reason"],
            milestone_key=asked.validated_data["milestone"],
        )
        return order_response(request, number)

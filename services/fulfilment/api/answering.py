"""The provider's answer: accept or decline, then start."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from services.fulfilment.api.reading import line_response
from services.fulfilment.api.shapes import LineDetail
from services.fulfilment.operations.answer import accept_line, decline_line, start_line
from services.orders.access import get_line_for


class Decline(serializers.Serializer[Any]):
    """Why; the buyer reads it."""

    reason = serializers.CharField(max_length=500)


class AcceptView(APIView):
    """Taking a line."""

    @extend_schema(operation_id="lines_accept", request=None, responses=LineDetail)
    def post(self, request: Request, key: str) -> Response:
        """Take it; the promised date is counted from now."""
        accept_line(key=get_line_for(request.user, key).key, actor=request.user)
        return line_response(request, key)


class DeclineView(APIView):
    """Refusing a line."""

    @extend_schema(operation_id="lines_decline", request=Decline, responses=LineDetail)
    def post(self, request: Request, key: str) -> Response:
        """Refuse it; the operator gives the money back."""
        line = get_line_for(request.user, key)
        asked = Decline(data=request.data)
        asked.is_valid(raise_exception=True)
        decline_line(key=line.key, actor=request.user, reason=asked.validated_data["reason"])
        return line_response(request, key)


class StartView(APIView):
    """Beginning the work."""

    @extend_schema(operation_id="lines_start", request=None, responses=LineDetail)
    def post(self, request: Request, key: str) -> Response:
        """Begin with the first milestone; from here on the buyer cannot cancel."""
        start_line(key=get_line_for(request.user, key).key, actor=request.user)
        return line_response(request, key)

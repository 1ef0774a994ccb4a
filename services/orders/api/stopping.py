"""Cancelling a line of one's order."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from services.orders.access import get_bought_line_for
from services.orders.api.reading import order_response
from services.orders.api.shapes import OrderDetail
from services.orders.lifecycle import BUSINESS
from services.orders.operations.cancel import cancel_line


class Cancel(serializers.Serializer[Any]):
    """Why; the provider reads it."""

    reason = serializers.CharField(max_length=500, allow_blank=True, default="")


class CancelView(APIView):
    """A line that is not wanted any more."""

    @extend_schema(operation_id="orders_cancel", request=Cancel, responses=OrderDetail)
    def post(self, request: Request, number: str, position: int) -> Response:
        """Cancel it before its start; if paid it is refunded, an unpaid order is cancelled whole."""
        line = get_bought_line_for(request.user, number, position)
        asked = Cancel(data=request.data)
        asked.is_valid(raise_exception=True)
        cancel_line(
            key=line.key, role=BUSINESS, actor=request.user, reason=asked.validated_data["reason"].strip()
        )
        return order_response(request, number)

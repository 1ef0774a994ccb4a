"""The provider's lines: the list and one line."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from services.fulfilment.api.shapes import LineDetail, LineSummary
from services.fulfilment.lists import lines_sold_by, work_rows
from services.fulfilment.queries import line_work
from services.orders.access import get_line_for
from services.orders.api.reading import parties_asked_for
from services.orders.lifecycle import UNPAID, LineState
from services.orders.models import OrderLine
from services.orders.models.lines import OrderLineQuerySet

STATES = [state for state in LineState.values if state not in UNPAID]


class LineListView(GenericAPIView[OrderLine]):
    """Paid lines that the user's parties sell, newest first."""

    queryset = OrderLine.objects.none()
    serializer_class = LineSummary  # type: ignore[assignment]

    def get_queryset(self) -> OrderLineQuerySet:
        """Of all one's parties, or of the one asked for; in one state, or in all."""
        lines = lines_sold_by(parties_asked_for(self.request, "provider"))
        state = self.request.query_params.get("state")
        if not state:
            return lines
        if state not in STATES:
            raise ValidationError({"state": [_("Cet état n’existe pas.")]})
        return lines.filter(state=state)

    @extend_schema(
        operation_id="lines_list",
        parameters=[
            OpenApiParameter("provider", UUID, description="Only lines of this party of yours."),
            OpenApiParameter("state", str, enum=STATES, description="Only lines in this state."),
        ],
        responses=LineSummary(many=True),
    )
    def get(self, request: Request) -> Response:
        """One page of lines."""
        page: Any = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(work_rows(page), many=True).data)


class LineView(APIView):
    """One line."""

    @extend_schema(operation_id="lines_retrieve", responses=LineDetail)
    def get(self, request: Request, key: str) -> Response:
        """What to do until when, for how much, with the buyer's answers."""
        return line_response(request, key)


def line_response(request: Request, key: str, *, status: int = 200) -> Response:
    """The line as it is now, for its provider. 404 for everybody else."""
    work = line_work(get_line_for(request.user, key))
    return Response(LineDetail(work, context={"request": request}).data, status=status)

"""The buyer's orders: the list, one order, and placing a new one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.generics import GenericAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from kernel.api.idempotency import HEADER
from kernel.api.pagination import KeyPagination
from services.orders.access import get_order_for
from services.orders.api.placing import PlaceOrder, place
from services.orders.api.shapes import OrderDetail, OrderSummary
from services.orders.models import Order
from services.orders.queries import order_rows, order_view, orders_bought_by
from tenants.parties.models import Party
from tenants.parties.queries import parties_of


class OrderPages(KeyPagination):
    """Newest first."""

    ordering = ("-placed_at", "-id")


def parties_asked_for(request: Request, name: str) -> list[Party]:
    """One's own parties, or the one that the address names. Raises ValidationError for what is no id."""
    mine = parties_of(request.user)
    wanted = request.query_params.get(name)
    if not wanted:
        return mine
    try:
        public_id = UUID(wanted)
    except ValueError as error:
        raise ValidationError({name: [_("Indiquez un identifiant de la liste des structures.")]}) from error
    return [party for party in mine if party.public_id == public_id]


@extend_schema_view(
    get=extend_schema(
        operation_id="orders_list",
        parameters=[OpenApiParameter("buyer", UUID, description="Only orders of this party of yours.")],
        responses=OrderSummary(many=True),
    ),
    post=extend_schema(
        operation_id="orders_create",
        parameters=[HEADER],
        request=PlaceOrder,
        responses={201: OrderDetail},
    ),
)
class OrderListView(GenericAPIView[Order]):
    """Orders of the parties that the user acts for, newest first."""

    queryset = Order.objects.none()
    serializer_class = OrderSummary  # type: ignore[assignment]
    pagination_class = OrderPages

    def get_queryset(self) -> QuerySet[Order]:
        """Of all one's parties, or of the one asked for."""
        return orders_bought_by(parties_asked_for(self.request, "buyer"))

    def get(self, request: Request) -> Response:
        """One page of orders."""
        page: Any = self.paginate_queryset(self.get_queryset())
        return self.get_paginated_response(self.get_serializer(order_rows(page), many=True).data)

    def post(self, request: Request) -> Response:
        """Order services. Total and terms are those that `orders/preview/` told: with others it is refused.

        The same `Idempotency-Key` gives the same order. It is then to be paid on `payment_page`.
        """
        return order_response(request, place(request).number, status=201)


class OrderView(APIView):
    """One order."""

    @extend_schema(operation_id="orders_retrieve", responses=OrderDetail)
    def get(self, request: Request, number: str) -> Response:
        """Where each line stands, what the buyer may do, the money and the papers."""
        return order_response(request, number)


def order_response(request: Request, number: str, *, status: int = 200) -> Response:
    """The order as it is now, for those who may see it. 404 otherwise."""
    view = order_view(get_order_for(request.user, number))
    return Response(OrderDetail(view, context={"request": request}).data, status=status)

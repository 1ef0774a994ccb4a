"""Orders for programs: the same lists, acts and refusals as on the buyer's pages."""

from __future__ import annotations

from typing import Any

from django.urls import path

from services.orders.api.placing import PreviewView
from services.orders.api.reading import OrderListView, OrderView
from services.orders.api.stopping import CancelView

urlpatterns: list[Any] = [
    path("orders/", OrderListView.as_view(), name="orders"),
    path("orders/preview/", PreviewView.as_view(), name="order_preview"),
    path("orders/<str:number>/", OrderView.as_view(), name="order"),
    path("orders/<str:number>/lines/<int:position>/cancel/", CancelView.as_view(), name="order_cancel"),
]

"""The work on lines for programs: the provider's lines and acts, the buyer's review, deliverables."""

from __future__ import annotations

from typing import Any

from django.urls import path

from services.fulfilment.api.answering import AcceptView, DeclineView, StartView
from services.fulfilment.api.delivering import DeliverableContentView, DeliverablesView, DeliverView
from services.fulfilment.api.reading import LineListView, LineView
from services.fulfilment.api.reviewing import ApproveView, RequestChangesView

urlpatterns: list[Any] = [
    path("lines/", LineListView.as_view(), name="lines"),
    path("lines/<str:key>/", LineView.as_view(), name="line"),
    path("lines/<str:key>/accept/", AcceptView.as_view(), name="line_accept"),
    path("lines/<str:key>/decline/", DeclineView.as_view(), name="line_decline"),
    path("lines/<str:key>/start/", StartView.as_view(), name="line_start"),
    path("lines/<str:key>/deliverables/", DeliverablesView.as_view(), name="line_deliverables"),
    path("lines/<str:key>/deliver/", DeliverView.as_view(), name="line_deliver"),
    path("deliverables/<uuid:public_id>/", DeliverableContentView.as_view(), name="deliverable"),
    path("orders/<str:number>/lines/<int:position>/approve/", ApproveView.as_view(), name="order_approve"),
    path(
        "orders/<str:number>/lines/<int:position>/request-changes/",
        RequestChangesView.as_view(),
        name="order_request_changes",
    ),
]

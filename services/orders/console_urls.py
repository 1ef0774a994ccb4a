"""Addresses of the operator's pages of orders."""

from __future__ import annotations

from django.urls import path, re_path

from services.orders.web import disputes, operator, reviews
from services.orders.web.reassign import reassign

console_urlpatterns = [
    path("console/", operator.today, name="today"),
    path("console/avis/", reviews.console_reviews, name="console_reviews"),
    path("console/avis/<uuid:public_id>/", reviews.console_review, name="console_review"),
    path("console/commandes/", operator.order_list, name="console_orders"),
    path("console/commandes/<str:number>/", operator.order_page, name="console_order"),
    path("console/prestations/<str:key>/reattribuer/", reassign, name="console_reassign"),
    path("console/prestations/<str:key>/trancher/", disputes.decide, name="console_decide"),
    re_path(
        r"^console/prestations/(?P<key>[-\w]+)/(?P<name>give_back|cancel)/$", operator.act, name="console_act"
    ),
]

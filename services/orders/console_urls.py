"""Addresses of the operator's pages of orders."""

from __future__ import annotations

from django.urls import path, re_path

from services.orders.web import operator

console_urlpatterns = [
    path("console/", operator.today, name="today"),
    path("console/commandes/", operator.order_list, name="console_orders"),
    path("console/commandes/<str:number>/", operator.order_page, name="console_order"),
    re_path(
        r"^console/prestations/(?P<key>[-\w]+)/(?P<name>give_back|cancel)/$", operator.act, name="console_act"
    ),
]

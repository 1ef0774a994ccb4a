"""Addresses of co-funding on a tenant's site."""

from __future__ import annotations

from django.urls import path

from billing.funding.web import entrepreneur

app_name = "funding"

urlpatterns = [
    path("dispositifs/", entrepreneur.programme_list, name="programmes"),
    path("dispositifs/<slug:slug>/", entrepreneur.programme, name="programme"),
]

"""Addresses of a tenant's logo and of the page that changes it."""

from __future__ import annotations

from django.urls import path, re_path

from tenants.identity.web import operator, public

app_name = "identity"

urlpatterns = [
    re_path(r"^logo\.(?P<digest>[0-9a-f]{16})\.png$", public.logo, name="logo"),
    path("console/identite/", operator.identity, name="identity"),
    path("console/identite/retirer/", operator.remove, name="remove"),
]

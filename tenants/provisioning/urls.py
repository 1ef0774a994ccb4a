"""Addresses of the platform owner's pages."""

from __future__ import annotations

from django.urls import path, re_path

from tenants.provisioning.web import platform

app_name = "provisioning"

urlpatterns = [
    path("espaces/", platform.tenant_list, name="tenants"),
    path("espaces/nouveau/", platform.create, name="create"),
    path("espaces/<slug:slug>/", platform.tenant_page, name="tenant"),
    path("espaces/<slug:slug>/reprendre/", platform.resume, name="resume"),
    re_path(
        r"^espaces/(?P<slug>[-a-z0-9]+)/(?P<act>suspendre|rouvrir)/$",
        platform.change_state,
        name="change_state",
    ),
]

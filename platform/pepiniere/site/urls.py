"""Addresses of the pages of information, the same on tenants' sites and on the platform's."""

from __future__ import annotations

from django.urls import path

from pepiniere.site.pages import page

app_name = "site"

urlpatterns = [
    path("aide/", page("site/help.html"), name="help"),
    path("accessibilite/", page("site/accessibility.html"), name="accessibility"),
    path("mentions-legales/", page("site/legal.html"), name="legal"),
    path("donnees-personnelles/", page("site/privacy.html"), name="privacy"),
]

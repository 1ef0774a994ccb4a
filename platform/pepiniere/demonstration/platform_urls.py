"""The platform's first page, and on a demonstration the addresses to enter its spaces."""

from __future__ import annotations

from django.conf import settings
from django.urls import path

from pepiniere.demonstration.urls import urlpatterns as shared
from pepiniere.demonstration.web import entry, landing

app_name = "demonstration"

urlpatterns = (
    [
        path("", landing.demonstration, name="landing"),
        path("demonstration/entrer/", entry.enter, name="enter"),
        *shared,
    ]
    if settings.DEMONSTRATION
    else [path("", landing.platform, name="landing")]
)

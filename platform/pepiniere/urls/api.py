"""The API's root `/api/v1/`: what each subject's `api` module offers, and the document that describes it."""

from __future__ import annotations

from importlib import import_module

from django.urls import URLPattern, URLResolver, path
from drf_spectacular.views import SpectacularAPIView

from pepiniere.reference.web import reference

# Being loaded is all it takes: the document's generator finds it.
import_module("tenants.accounts.openapi")

app_name = "api"

# Their `api` modules write `urlpatterns` from /api/v1/.
SUBJECTS = (
    "tenants.parties",
    "billing.invoicing",
    "services.catalogue",
    "services.orders",
    "services.fulfilment",
)


def _patterns_of(subject: str) -> list[URLPattern | URLResolver]:
    patterns: list[URLPattern | URLResolver] = import_module(f"{subject}.api").urlpatterns
    return patterns


urlpatterns = [
    *(pattern for subject in SUBJECTS for pattern in _patterns_of(subject)),
    path("schema/", SpectacularAPIView.as_view(api_version="v1"), name="schema"),
    path("", reference, name="documentation"),
]

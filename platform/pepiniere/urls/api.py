"""The API's root `/api/v1/`: what each subject's `api` module offers, and the document that describes it."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

# Being loaded is all it takes: the document's generator finds it.
import_module("tenants.accounts.openapi")

app_name = "api"

# Those whose `api` module has `urlpatterns`, written from /api/v1/.
SUBJECTS = (
    "tenants.accounts",
    "tenants.parties",
    "billing.payments",
    "billing.invoicing",
    "services.catalogue",
    "services.orders",
    "services.fulfilment",
)


def _patterns_of(subject: str) -> list[URLPattern | URLResolver]:
    if find_spec(f"{subject}.api") is None:
        return []
    return list(getattr(import_module(f"{subject}.api"), "urlpatterns", []))


urlpatterns = [
    *(pattern for subject in SUBJECTS for pattern in _patterns_of(subject)),
    path("schema/", SpectacularAPIView.as_view(api_version="v1"), name="schema"),
    path("", SpectacularSwaggerView.as_view(url_name="api:schema"), name="documentation"),
]

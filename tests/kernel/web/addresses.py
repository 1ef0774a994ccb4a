"""The addresses that the layouts link to, without the subjects above this floor."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def _page(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


_SITE = ["help", "accessibility", "legal", "privacy"]

urlpatterns = [
    path("", include("kernel.web.urls")),
    path("", include(([path("langue/", _page, name="language")], "accounts"))),
    path("compte/", include("allauth.urls")),
    path("", include(([path(f"{name}/", _page, name=name) for name in _SITE], "site"))),
]

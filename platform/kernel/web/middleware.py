"""Shows instants in the time zone of the tenant whose pages are asked for."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone


class TimeZoneMiddleware:
    """Activates `request.tenant.time_zone` for the request; the platform stays on settings.TIME_ZONE."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in the tenant's zone."""
        tenant = getattr(request, "tenant", None)
        if tenant is None:
            return self.get_response(request)
        with timezone.override(tenant.time_zone):
            return self.get_response(request)

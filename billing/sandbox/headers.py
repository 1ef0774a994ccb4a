"""Security headers of every answer of the sandbox: no script at all, nothing from elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

FORM_TARGETS = "sandbox_form_targets"


def allow_form_targets(response: HttpResponse, *addresses: str) -> HttpResponse:
    """Let a form of this page end, after a redirect, at the origins of ``addresses``."""
    origins = {f"{parts.scheme}://{parts.netloc}" for parts in map(urlsplit, addresses) if parts.netloc}
    setattr(response, FORM_TARGETS, " ".join(sorted(origins)))
    return response


class SecurityHeadersMiddleware:
    """Writes the content security policy and the headers that go with it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        targets = " ".join(filter(None, ["'self'", getattr(response, FORM_TARGETS, "")]))
        response["Content-Security-Policy"] = (
            f"default-src 'none'; style-src 'self'; img-src 'self'; form-action {targets}; "
            "base-uri 'none'; frame-ancestors 'none'"
        )
        response["X-Content-Type-Options"] = "nosniff"
        response["X-Frame-Options"] = "DENY"
        response["Referrer-Policy"] = "same-origin"
        response.headers.setdefault("Cache-Control", "no-store")
        return response

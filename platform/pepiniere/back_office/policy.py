"""The back office's looser content policy: its library evaluates expressions; no other host may."""

from __future__ import annotations

from collections.abc import Callable

from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from django.conf import settings
from django.http import HttpRequest, HttpResponse

LOOSER = {"script-src": [UNSAFE_INLINE, UNSAFE_EVAL], "style-src": [UNSAFE_INLINE]}


class BackOfficePolicyMiddleware:
    """Loosens the policy on the back office's host; stands inside the middleware that writes it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Tell the policy's middleware what to add."""
        response = self.get_response(request)
        if getattr(request, "urlconf", None) == settings.BACK_OFFICE_URLCONF:
            response._csp_update = LOOSER  # type: ignore[attr-defined]  # noqa: SLF001 - django-csp's own hook
        return response

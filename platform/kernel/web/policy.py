"""The content security policy of every page, written once: few pages ask for another than the product's."""

from __future__ import annotations

from collections.abc import Callable

from csp.constants import HEADER
from csp.middleware import CheckableLazyObject, CSPMiddleware
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

# What the library's decorators leave on the response of a view that wants a policy of its own.
_OWN_POLICY = frozenset(
    f"_csp_{wish}{kind}" for wish in ("exempt", "config", "update", "replace") for kind in ("", "_ro")
)


class PolicyMiddleware(CSPMiddleware):
    """Writes the policy of the settings as it is, and leaves every other one to the library."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        super().__init__(get_response)
        # The library puts it together anew, twice, for each response.
        self.policy = build_policy()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The response with its policy."""
        if hasattr(request, "_csp_nonce") or not _OWN_POLICY.isdisjoint(vars(response)):
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self.policy)
        # Too late for a nonce: asking for one now is an error, as the library has it.
        request.csp_nonce = CheckableLazyObject(self._csp_nonce_post_response)  # type: ignore[attr-defined]
        return response

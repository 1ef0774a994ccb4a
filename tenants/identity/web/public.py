"""The logo as browsers and mail programs load it."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from tenants.identity.operations import logo_file

_A_YEAR = 365 * 24 * 3600


@require_safe
def logo(request: HttpRequest, digest: str) -> HttpResponse:
    """A logo of this tenant, today's or an earlier one that an old message still shows."""
    try:
        with default_storage.open(logo_file(digest)) as kept:
            content = kept.read()
    except FileNotFoundError:
        raise Http404 from None
    response = HttpResponse(content, content_type="image/png")
    response["Cache-Control"] = f"public, max-age={_A_YEAR}, immutable"
    return response

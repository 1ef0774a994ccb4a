"""The theme stylesheet, the choice of light or dark, and the pages that answer errors."""

from __future__ import annotations

import sys

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from kernel.api.errors import problem_outside_views
from kernel.web.context import APPEARANCE_COOKIE, APPEARANCES
from kernel.web.sites import site_of
from kernel.web.theme import render_theme_css, theme_hash

_A_YEAR = 365 * 24 * 3600


@require_safe
def theme_css(request: HttpRequest, digest: str) -> HttpResponse:
    """The site's stylesheet. Browsers keep it for good, unless its colours have changed since ``digest``."""
    brand = site_of(request).brand
    response = HttpResponse(render_theme_css(brand), content_type="text/css; charset=utf-8")
    current = digest == theme_hash(brand)
    response["Cache-Control"] = f"public, max-age={_A_YEAR}, immutable" if current else "no-cache"
    return response


@require_POST
def set_appearance(request: HttpRequest) -> HttpResponse:
    """Remember in a cookie whether pages are light or dark; anything else follows the system again."""
    target = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    chosen = request.POST.get("appearance", "")
    if chosen in APPEARANCES:
        response.set_cookie(
            APPEARANCE_COOKIE,
            chosen,
            max_age=_A_YEAR,
            samesite="Lax",
            secure=request.is_secure(),
            httponly=True,
        )
    else:
        response.delete_cookie(APPEARANCE_COOKIE, samesite="Lax")
    return response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the browser sent what we can't read; 413 where it was too much."""
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    return problem_outside_views(request, status) or render(request, f"errors/{status}.html", status=status)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: known to us, but not allowed."""
    return problem_outside_views(request, 403) or render(request, "errors/403.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing here, or nothing for this person."""
    return problem_outside_views(request, 404) or render(request, "errors/404.html", status=404)


@never_cache
def server_error(request: HttpRequest) -> HttpResponse:
    """500: something of ours broke, so the page stands on nothing but itself; 503 without the database."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response = problem_outside_views(request, 503) or HttpResponse(
            render_to_string("errors/503.html"), status=503
        )
        response["Retry-After"] = "30"
        return response
    request_id = getattr(request, "request_id", "")
    return problem_outside_views(request, 500) or HttpResponse(
        render_to_string("errors/500.html", {"request_id": request_id}), status=500
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was too old, or came from elsewhere."""
    return render(request, "errors/csrf.html", status=403)

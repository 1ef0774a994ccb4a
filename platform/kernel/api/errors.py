"""One envelope for every refusal: problem details (RFC 9457) with a stable `code` and the request's id."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.encoding import force_str
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from kernel.errors import DomainError
from kernel.logs import request_id_of

INVALID = "invalid"
MEDIA_TYPE = "application/problem+json"
PREFIX = "/api/"
_OUTSIDE = {
    400: (exceptions.ParseError.default_code, exceptions.ParseError.default_detail),
    403: (exceptions.PermissionDenied.default_code, exceptions.PermissionDenied.default_detail),
    404: (exceptions.NotFound.default_code, exceptions.NotFound.default_detail),
    413: ("too_large", _("La demande est trop volumineuse.")),
    500: (exceptions.APIException.default_code, exceptions.APIException.default_detail),
    503: ("unavailable", _("Le service est momentanément indisponible. Réessayez dans un instant.")),
}


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """The response to an exception of an API view; None for a programming fault, which is logged as one.

    Codes never change; `detail` is in the reader's language; `errors` lists the sentences by field, fields
    inside of others as `items.0.quantity`.
    """
    refusal = _as_refusal(error)
    if refusal is None:
        return None
    set_rollback()
    status, told, headers = refusal
    body = _body(status, told, request_id_of(context["request"]))
    return Response(body, status=status, headers=headers, content_type=MEDIA_TYPE)


def problem_outside_views(request: HttpRequest, status: int) -> HttpResponse | None:
    """What the API answers where none of its views does: no such address, a fault of ours, no database.

    None for a page's address.
    """
    if not request.path_info.startswith(PREFIX):
        return None
    code, message = _OUTSIDE.get(status, _OUTSIDE[500])
    told = {"detail": force_str(message), "code": code}
    body = _body(status, told, getattr(request, "request_id", ""))
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE)


def _body(status: int, told: dict[str, Any], request_id: str) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        **told,
        "request_id": request_id,
    }


def _as_refusal(error: Exception) -> tuple[int, dict[str, Any], dict[str, str]] | None:
    if isinstance(error, DomainError):
        return error.status, {"detail": str(error), "code": error.code}, {}
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    if isinstance(error, exceptions.ValidationError):
        return error.status_code, _validation(error), {}
    codes = error.get_codes()
    told = {"detail": force_str(error.detail), "code": codes if isinstance(codes, str) else INVALID}
    return error.status_code, told, _headers(error)


def _validation(error: exceptions.ValidationError) -> dict[str, Any]:
    message = force_str(exceptions.ValidationError.default_detail)
    if not isinstance(error.detail, dict):
        sentences = [sentence for _field, sentence in _sentences(error.detail, "")]
        return {"detail": " ".join(sentences) or message, "code": INVALID}
    errors: dict[str, list[str]] = {}
    for field, sentence in _sentences(error.detail, ""):
        errors.setdefault(field, []).append(sentence)
    return {"detail": message, "code": INVALID, "errors": errors}


def _sentences(detail: Any, field: str) -> Iterator[tuple[str, str]]:
    """Each sentence of nested details with the path of its field."""
    if isinstance(detail, dict):
        for name, part in detail.items():
            yield from _sentences(part, f"{field}.{name}" if field else str(name))
    elif isinstance(detail, list | tuple):
        for place, part in enumerate(detail):
            nested = isinstance(part, dict | list | tuple)
            yield from _sentences(part, f"{field}.{place}" if nested else field)
    else:
        yield field, force_str(detail)


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers

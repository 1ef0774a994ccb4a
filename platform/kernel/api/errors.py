"""One envelope for every refusal: `{"error": {"code", "message", "fields"?, "request_id"}}`."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.encoding import force_str
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from kernel.errors import DomainError
from kernel.logs import request_id_of

INVALID = "invalid"


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """The response to an exception of an API view; None for a programming fault, which is logged as one.

    Codes never change; the message is in the reader's language; `fields` lists the sentences by field.
    """
    refusal = _as_refusal(error)
    if refusal is None:
        return None
    set_rollback()
    status, body, headers = refusal
    return Response(
        {"error": {**body, "request_id": request_id_of(context["request"])}}, status=status, headers=headers
    )


def _as_refusal(error: Exception) -> tuple[int, dict[str, Any], dict[str, str]] | None:
    if isinstance(error, DomainError):
        return error.status, error.as_dict(), {}
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    if isinstance(error, exceptions.ValidationError):
        return error.status_code, _validation(error), {}
    codes = error.get_codes()
    body = {"code": codes if isinstance(codes, str) else INVALID, "message": force_str(error.detail)}
    return error.status_code, body, _headers(error)


def _validation(error: exceptions.ValidationError) -> dict[str, Any]:
    message = force_str(exceptions.ValidationError.default_detail)
    if not isinstance(error.detail, dict):
        sentences = _sentences(error.detail)
        return {"code": INVALID, "message": " ".join(sentences) or message}
    fields = {name: _sentences(detail) for name, detail in error.detail.items()}
    return {"code": INVALID, "message": message, "fields": fields}


def _sentences(detail: Any) -> list[str]:
    """Nested details as one flat list."""
    if isinstance(detail, dict):
        return [sentence for part in detail.values() for sentence in _sentences(part)]
    if isinstance(detail, list | tuple):
        return [sentence for part in detail for sentence in _sentences(part)]
    return [force_str(detail)]


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers

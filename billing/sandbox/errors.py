"""Errors of the API, in the gateway's own envelope."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An answer other than 200: ``kind`` is one of the gateway's closed list of error types."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str = "",
        param: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.kind = kind
        self.code = code
        self.param = param

    def as_dict(self) -> dict[str, Any]:
        """The JSON envelope ``{"error": …}``."""
        error = {"type": self.kind, "message": self.message}
        if self.code:
            error["code"] = self.code
        if self.param:
            error["param"] = self.param
        return {"error": error}


class OrderedRefusal(ApiError):
    """A refusal that a knob ordered: it counts as an answer, for the knob and under the idempotency key."""


def missing(kind: str, identifier: str) -> ApiError:
    """The answer for an object that does not exist or belongs to another account: the two look alike."""
    return ApiError(f"No such {kind}: '{identifier}'", status=404, code="resource_missing", param="id")

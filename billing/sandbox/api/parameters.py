"""Reading of request parameters: every name known, every type checked, nothing silently ignored."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from billing.sandbox.errors import ApiError

if TYPE_CHECKING:
    from django.http import HttpRequest


class Parameters:
    """The JSON object of a request; ``finish`` refuses names nobody asked for."""

    def __init__(self, content: dict[str, Any], prefix: str = "") -> None:
        self.content = dict(content)
        self.prefix = prefix

    @classmethod
    def of(cls, request: HttpRequest) -> Parameters:
        """The parameters of a POST; an empty body is an empty object."""
        try:
            content = json.loads(request.body or b"{}")
        except ValueError as error:
            raise ApiError("The body is not JSON.", code="body_invalid") from error
        if not isinstance(content, dict):
            raise ApiError("The body must be a JSON object.", code="body_invalid")
        return cls(content)

    def named(self, name: str) -> str:
        return f"{self.prefix}[{name}]" if self.prefix else name

    def take(self, name: str, kind: type, *, required: bool = False) -> Any:
        """The value of ``name``, of type ``kind``, or None."""
        value = self.content.pop(name, None)
        if value is None:
            if required:
                raise ApiError(
                    f"Missing required param: {self.named(name)}.",
                    code="parameter_missing",
                    param=self.named(name),
                )
            return None
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise ApiError(
                f"Invalid value for {self.named(name)}.", code="parameter_invalid", param=self.named(name)
            )
        return value

    def text(self, name: str, *, required: bool = False, longest: int = 250) -> str:
        value = self.take(name, str, required=required) or ""
        if len(value) > longest:
            raise ApiError(
                f"{self.named(name)} is too long.", code="parameter_too_long", param=self.named(name)
            )
        return str(value)

    def address(self, name: str) -> str:
        value = self.text(name, required=True, longest=1000)
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.netloc:
            raise ApiError("Not a valid URL.", code="url_invalid", param=self.named(name))
        return value

    def currency(self, name: str) -> str:
        value = self.text(name, required=True)
        if value not in {"eur", "usd", "gbp", "chf"}:
            raise ApiError(f"Invalid currency: {value}.", code="currency_invalid", param=self.named(name))
        return value

    def instant(self, name: str) -> datetime | None:
        value = self.take(name, int)
        return None if value is None else datetime.fromtimestamp(value, UTC)

    def metadata(self, name: str = "metadata") -> dict[str, str]:
        value = self.take(name, dict) or {}
        if len(value) > 50 or any(
            not isinstance(v, str) or len(v) > 500 or len(k) > 40 for k, v in value.items()
        ):
            raise ApiError(
                "Metadata holds at most 50 short texts.", code="metadata_invalid", param=self.named(name)
            )
        return value

    def inside(self, name: str, *, required: bool = False) -> Parameters:
        return Parameters(self.take(name, dict, required=required) or {}, self.named(name))

    def finish(self) -> None:
        """Refuse what is left over."""
        if self.content:
            name = self.named(sorted(self.content)[0])
            raise ApiError(f"Received unknown parameter: {name}.", code="parameter_unknown", param=name)

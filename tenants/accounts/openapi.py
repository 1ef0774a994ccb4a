"""How the API's document describes access tokens."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


class TokenScheme(OpenApiAuthenticationExtension):
    """`Authorization: Bearer pep_…`."""

    target_class = "tenants.accounts.api.TokenAuthentication"
    name = "accessToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """The scheme in the terms of OpenAPI."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "pep_…"}

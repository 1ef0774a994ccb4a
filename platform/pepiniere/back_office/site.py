"""The admin site: only staff of the platform, only on the public schema."""

from __future__ import annotations

from typing import Any

from allauth.account.decorators import secure_admin_login
from django.http import HttpRequest, HttpResponse
from unfold.sites import UnfoldAdminSite

from tenants.directory.current import in_tenant


class BackOfficeSite(UnfoldAdminSite):
    """Refuses to work in a tenant, whoever asks: a tenant's staff has its own console."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Active staff of the public schema."""
        return not in_tenant() and bool(super().has_permission(request))

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Log in where everybody does: with rate limits and the second factor."""
        return secure_admin_login(super().login)(request, extra_context)

"""The admin site: only staff of the platform, only on the public schema."""

from __future__ import annotations

from django.http import HttpRequest
from unfold.sites import UnfoldAdminSite

from tenants.directory.current import in_tenant


class BackOfficeSite(UnfoldAdminSite):
    """Refuses to work in a tenant, whoever asks: a tenant's staff has its own console."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Active staff of the public schema."""
        return not in_tenant() and super().has_permission(request)

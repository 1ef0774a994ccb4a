"""From the host of a request to its tenant: the only door to a tenant's pages."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from kernel.logs import bind_log_context
from tenants.directory.hosts import tenant_of_host
from tenants.directory.models import Tenant


class TenantMiddleware:
    """Chooses schema and addresses by host.

    Sets `request.tenant` (None on the platform's own hosts) and `request.urlconf`. A host that is
    nobody's, or whose tenant is not ready yet, gets a plain page with 404; a suspended tenant's pages
    say so with 503, except what money under way needs (`SUSPENDED_OPEN_PATHS`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request in its tenant."""
        request.tenant = None
        host = host_of(request)
        if host in (settings.PLATFORM_HOST, settings.BACK_OFFICE_HOST):
            connection.set_schema_to_public()
            own = host == settings.BACK_OFFICE_HOST
            request.urlconf = settings.BACK_OFFICE_URLCONF if own else settings.PUBLIC_SCHEMA_URLCONF
            return self.get_response(request)
        tenant = tenant_of_host(host) if host else None
        if tenant is None or tenant.state in (Tenant.State.PROVISIONING, Tenant.State.FAILED):
            return _plain_page(request, "errors/unknown_site.html", 404)
        bind_log_context(tenant=tenant.schema_name)
        if tenant.state == Tenant.State.SUSPENDED and not request.path.startswith(
            settings.SUSPENDED_OPEN_PATHS
        ):
            return _plain_page(request, "errors/suspended_site.html", 503, tenant)
        connection.set_tenant(tenant)
        request.tenant = tenant
        request.urlconf = settings.ROOT_URLCONF
        return self.get_response(request)


def host_of(request: HttpRequest) -> str:
    """The host name that the browser asked for, in lower case and without port; empty when malformed."""
    try:
        name = request.get_host().lower()
    except DisallowedHost:
        return ""
    if name.startswith("["):
        return ""
    return name.partition(":")[0].rstrip(".")


def _plain_page(
    request: HttpRequest, template: str, status: int, tenant: Tenant | None = None
) -> HttpResponse:
    # No session, no tenant, no context processor: these pages stand on nothing.
    language = tenant.language if tenant else translation.get_language_from_request(request)
    with translation.override(language):
        response = render(None, template, {"tenant": tenant}, status=status)  # type: ignore[arg-type]
    response.headers["Cache-Control"] = "no-store"
    return response

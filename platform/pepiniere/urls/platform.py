"""The platform's own site, on the public schema: landing page and console of the platform's owner."""

from __future__ import annotations

from django.urls import include, path

from pepiniere.urls.inclusion import subjects

urlpatterns = [
    path("compte/", include("allauth.urls")),
    *subjects("kernel.web.urls", "tenants.accounts.urls", "tenants.provisioning.urls", "pepiniere.site.urls"),
    *subjects("pepiniere.demonstration.platform_urls"),
]

handler400 = "kernel.web.views.bad_request"
handler403 = "kernel.web.views.permission_denied"
handler404 = "kernel.web.views.page_not_found"
handler500 = "kernel.web.views.server_error"

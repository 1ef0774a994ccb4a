"""The back office, on its own host."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("compte/", include("allauth.urls")),
    path("", admin.site.urls),
]

handler400 = "kernel.web.views.bad_request"
handler403 = "kernel.web.views.permission_denied"
handler404 = "kernel.web.views.page_not_found"
handler500 = "kernel.web.views.server_error"

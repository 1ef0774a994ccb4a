"""The admin app with the platform's own site."""

from __future__ import annotations

from django.contrib.admin.apps import AdminConfig


class BackOfficeConfig(AdminConfig):
    """Public schema only."""

    default_site = "pepiniere.back_office.site.BackOfficeSite"
